import java.io.FileInputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.security.PublicKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/**
 * A client or a server of the JDK that wants more of the other side's certificate than that it is
 * valid: the client a certain public key (a pin), the server a certain name. It is started with
 * {@code client|server HOST PORT VERSION WANTED}.
 */
public class Strict {
    public static void main(String[] words) throws Exception {
        boolean client = words[0].equals("client");
        String[] version = {"TLSv" + words[3]};
        InetAddress host = InetAddress.getByName(words[1]);
        int port = Integer.parseInt(words[2]);
        SSLContext context = SSLContext.getInstance("TLS");
        X509TrustManager usual =
                (X509TrustManager) Client.trust(client ? "root.crt" : "clients.crt").getTrustManagers()[0];
        TrustManager[] strict = {client ? new Pinned(usual, words[4]) : new Listed(usual, words[4])};
        context.init(Client.identity(client ? null : "good"), strict, null);
        if (client) {
            Socket plain = new Socket(host, port);
            try (SSLSocket socket = (SSLSocket)
                    context.getSocketFactory().createSocket(plain, "www.example.test", port, true)) {
                socket.setEnabledProtocols(version);
                socket.startHandshake();
                socket.getOutputStream().write("GET / HTTP/1.0\r\n\r\n".getBytes());
                System.out.println("read " + socket.getInputStream().read(new byte[4096]) + " bytes");
            } catch (Exception failure) {
                System.out.println("error: " + failure);
            }
            return;
        }
        SSLServerSocket listener =
                (SSLServerSocket) context.getServerSocketFactory().createServerSocket(port, 50, host);
        listener.setNeedClientAuth(true);
        listener.setEnabledProtocols(version);
        while (true) {
            try (SSLSocket socket = (SSLSocket) listener.accept()) {
                socket.startHandshake();
                socket.getOutputStream().write("hello\n".getBytes());
            } catch (Exception failure) {
                System.out.println("error: " + failure);
            }
        }
    }

    /** Trusts as usual, and then only one public key. */
    private static class Pinned implements X509TrustManager {
        final X509TrustManager usual;
        final String wanted;

        Pinned(X509TrustManager usual, String wanted) {
            this.usual = usual;
            this.wanted = wanted;
        }

        public void checkServerTrusted(X509Certificate[] chain, String kind) throws CertificateException {
            usual.checkServerTrusted(chain, kind);
            try (FileInputStream file = new FileInputStream(wanted + ".crt")) {
                PublicKey key =
                        CertificateFactory.getInstance("X.509").generateCertificate(file).getPublicKey();
                if (!key.equals(chain[0].getPublicKey())) {
                    throw new CertificateException("Pin verification failed");
                }
            } catch (java.io.IOException failure) {
                throw new CertificateException(failure);
            }
        }

        public void checkClientTrusted(X509Certificate[] chain, String kind) throws CertificateException {
            usual.checkClientTrusted(chain, kind);
        }

        public X509Certificate[] getAcceptedIssuers() {
            return usual.getAcceptedIssuers();
        }
    }

    /** Trusts as usual, and then only one name. */
    private static final class Listed extends Pinned {
        Listed(X509TrustManager usual, String wanted) {
            super(usual, wanted);
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String kind) throws CertificateException {
            super.checkClientTrusted(chain, kind);
            String name = chain[0].getSubjectX500Principal().getName();
            if (!name.contains("CN=" + wanted)) {
                throw new CertificateException("no access for " + name);
            }
        }
    }
}
