/* A DTLS server and a DTLS client made with wolfSSL: `wolfssl-lab server|client HOST PORT`.

   Further words: `cert=NAME`, `ca=NAME` (whom to trust; a server that is given one insists on a
   client certificate), `name=NAME`, `version=1.2`, `suite=NAME`, `id=TEXT`, the connection id that
   the other side shall write, and `update` for a client that takes new keys. Secrets go to the file
   that SSLKEYLOGFILE names. */

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "user_settings.h"
#include <wolfssl/ssl.h>

static int words;
static char **word;

/* What stands behind `NAME=` among the words, or nothing. */
static const char *said(const char *name)
{
    size_t length = strlen(name);
    for (int at = 0; at < words; at++)
        if (strncmp(word[at], name, length) == 0 && word[at][length] == '=')
            return word[at] + length + 1;
    return NULL;
}

/* Whether a word was said. */
static int says(const char *name)
{
    for (int at = 0; at < words; at++)
        if (strcmp(word[at], name) == 0)
            return 1;
    return 0;
}

static void must(int fine, const char *what)
{
    if (!fine) {
        printf("error: %s\n", what);
        exit(1);
    }
}

static void hex(FILE *file, const unsigned char *bytes, int length)
{
    for (int at = 0; at < length; at++)
        fprintf(file, "%02x", bytes[at]);
}

/* Writes a line of the key log. */
static int tell(WOLFSSL *tls, const char *label, const unsigned char *secret, int length)
{
    const char *path = getenv("SSLKEYLOGFILE");
    FILE *file = label && path ? fopen(path, "a") : NULL;
    unsigned char random[32];
    if (!file)
        return 0;
    wolfSSL_get_client_random(tls, random, sizeof random);
    fprintf(file, "%s ", label);
    hex(file, random, sizeof random);
    fprintf(file, " ");
    hex(file, secret, length);
    fprintf(file, "\n");
    return fclose(file);
}

static int tell_traffic(WOLFSSL *tls, int id, const unsigned char *secret, int length, void *none)
{
    (void)none;
    switch (id) {
    case CLIENT_HANDSHAKE_TRAFFIC_SECRET:
        return tell(tls, "CLIENT_HANDSHAKE_TRAFFIC_SECRET", secret, length);
    case SERVER_HANDSHAKE_TRAFFIC_SECRET:
        return tell(tls, "SERVER_HANDSHAKE_TRAFFIC_SECRET", secret, length);
    case CLIENT_TRAFFIC_SECRET:
        return tell(tls, "CLIENT_TRAFFIC_SECRET_0", secret, length);
    case SERVER_TRAFFIC_SECRET:
        return tell(tls, "SERVER_TRAFFIC_SECRET_0", secret, length);
    default:
        return 0;
    }
}

static int tell_master(WOLFSSL *tls, void *secret, int length, void *none)
{
    (void)none;
    return tell(tls, "CLIENT_RANDOM", secret, length);
}

int main(int count, char **arguments)
{
    must(count > 3, "server|client HOST PORT");
    int serves = strcmp(arguments[1], "server") == 0;
    struct sockaddr_in there = {.sin_family = AF_INET, .sin_port = htons(atoi(arguments[3]))};
    inet_pton(AF_INET, arguments[2], &there.sin_addr);
    words = count - 4;
    word = arguments + 4;

    wolfSSL_Init();
    int old = said("version") != NULL;
    WOLFSSL_CTX *context = wolfSSL_CTX_new(
        serves ? (old ? wolfDTLSv1_2_server_method() : wolfDTLSv1_3_server_method())
               : (old ? wolfDTLSv1_2_client_method() : wolfDTLSv1_3_client_method()));
    char path[80];
    if (said("cert")) {
        snprintf(path, sizeof path, "%s.pem", said("cert"));
        must(wolfSSL_CTX_use_certificate_chain_file(context, path) == WOLFSSL_SUCCESS, path);
        snprintf(path, sizeof path, "%s.key", said("cert"));
        must(wolfSSL_CTX_use_PrivateKey_file(context, path, WOLFSSL_FILETYPE_PEM)
                 == WOLFSSL_SUCCESS, path);
    }
    if (said("ca")) {
        snprintf(path, sizeof path, "%s.crt", said("ca"));
        must(wolfSSL_CTX_load_verify_locations(context, path, NULL) == WOLFSSL_SUCCESS, path);
        wolfSSL_CTX_set_verify(context, WOLFSSL_VERIFY_PEER | WOLFSSL_VERIFY_FAIL_IF_NO_PEER_CERT,
                               NULL);
    } else {
        wolfSSL_CTX_set_verify(context, WOLFSSL_VERIFY_NONE, NULL);
    }
    if (said("suite"))
        must(wolfSSL_CTX_set_cipher_list(context, said("suite")) == WOLFSSL_SUCCESS, "suite");

    int socket_ = socket(AF_INET, SOCK_DGRAM, 0);
    if (serves)
        must(bind(socket_, (struct sockaddr *)&there, sizeof there) == 0, "bind");
    else
        must(connect(socket_, (struct sockaddr *)&there, sizeof there) == 0, "connect");
    do {
        WOLFSSL *tls = wolfSSL_new(context);
        wolfSSL_KeepArrays(tls);
        wolfSSL_set_tls13_secret_cb(tls, tell_traffic, NULL);
        wolfSSL_set_secret_cb(tls, tell_master, NULL);
        if (said("id")) {
            wolfSSL_dtls_cid_use(tls);
            wolfSSL_dtls_cid_set(tls, (unsigned char *)said("id"), strlen(said("id")));
        }
        wolfSSL_set_fd(tls, socket_);
        if (!serves)
            wolfSSL_dtls_set_peer(tls, &there, sizeof there);
        if (said("name")) {
            wolfSSL_UseSNI(tls, WOLFSSL_SNI_HOST_NAME, said("name"), strlen(said("name")));
            wolfSSL_check_domain_name(tls, said("name"));
        }
        if (old && !serves)
            wolfSSL_UseSupportedCurve(tls, WOLFSSL_ECC_SECP256R1);
        int done = serves ? wolfSSL_accept(tls) : wolfSSL_connect(tls);
        char text[256];
        if (done == WOLFSSL_SUCCESS && serves) {
            wolfSSL_write(tls, "hello\n", 6);
            while (wolfSSL_read(tls, text, sizeof text) > 0)
                wolfSSL_write(tls, "hello\n", 6);
        } else if (done == WOLFSSL_SUCCESS) {
            /* A refusal of the client's certificate comes here, too. */
            int length = wolfSSL_read(tls, text, sizeof text - 1);
            if (length < 0)
                done = 0;
            else
                printf("%.*s", length, text);
            if (length > 0 && says("update")) {
                wolfSSL_update_keys(tls);
                /* What comes first is sealed with the old keys, until the other side has
                   acknowledged the update. */
                wolfSSL_write(tls, "old\n", 4);
                wolfSSL_read(tls, text, sizeof text);
                wolfSSL_write(tls, "new\n", 4);
            }
            wolfSSL_shutdown(tls);
        }
        if (done != WOLFSSL_SUCCESS) {
            int code = wolfSSL_get_error(tls, done);
            WOLFSSL_ALERT_HISTORY alerts = {{0}};
            wolfSSL_get_alert_history(tls, &alerts);
            printf("error %d: %s\n", code, wolfSSL_ERR_error_string(code, text));
            if (alerts.last_tx.code >= 0)
                printf("Sent alert [%d]\n", alerts.last_tx.code);
            if (alerts.last_rx.code >= 0)
                printf("Received alert [%d]\n", alerts.last_rx.code);
        }
        fflush(stdout);
        wolfSSL_free(tls);
    } while (serves);
    close(socket_);
    return 0;
}
