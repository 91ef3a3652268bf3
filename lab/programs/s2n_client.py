"""A TLS client of s2n, as the AWS common runtime brings it: `s2n_client.py HOST PORT NAME [TLS] [CERT]`."""

import sys

from awscrt import http, io


def main():
    host, port, name, tls, cert = (sys.argv[1:] + [""] * 5)[:5]
    if cert:
        options = io.TlsContextOptions.create_client_with_mtls_from_path(f"{cert}.pem",
                                                                         f"{cert}.key")
    else:
        options = io.TlsContextOptions()
    options.override_default_trust_store_from_path(ca_filepath="root.crt")
    if tls:
        options.min_tls_ver = getattr(io.TlsVersion, f"TLSv{tls.replace('.', '_')}")
    secured = io.ClientTlsContext(options).new_connection_options()
    secured.set_server_name(name)
    events = io.EventLoopGroup(1)
    opening = http.HttpClientConnection.new(
        host_name=host, port=int(port), tls_connection_options=secured,
        bootstrap=io.ClientBootstrap(events, io.DefaultHostResolver(events)))
    try:
        connection = opening.result(5)
        request = http.HttpRequest("GET", "/", http.HttpHeaders([("Host", name)]))
        stream = connection.request(request)
        stream.activate()
        stream.completion_future.result(5)
        print("read a page: HTTP/1")
        connection.close().result(3)
    except Exception as failure:  # noqa: BLE001 whatever the runtime raises is what is told
        print("error:", failure, flush=True)


main()
