import java.io.FileInputStream;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.HashMap;
import java.util.Map;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

/** A TLS client of the JDK: connects, asks for "/", prints what came or what failed. */
public class Client {
    public static void main(String[] words) throws Exception {
        Map<String, String> options = new HashMap<>();
        for (int at = 0; at + 1 < words.length; at += 2) {
            options.put(words[at], words[at + 1]);
        }
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(identity(options.get("-cert")), trust("root.crt").getTrustManagers(), null);

        Socket plain = new Socket();
        if (options.containsKey("-from")) {
            plain.bind(new InetSocketAddress(options.get("-from"), 0));
        }
        InetAddress host = InetAddress.getByName(options.get("-host"));
        plain.connect(new InetSocketAddress(host, Integer.parseInt(options.get("-port"))), 5000);
        plain.setSoTimeout(5000);
        String name = options.getOrDefault("-name", "www.example.test");
        try (SSLSocket socket =
                (SSLSocket) context.getSocketFactory().createSocket(plain, name, 0, true)) {
            SSLParameters parameters = socket.getSSLParameters();
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
            if (options.containsKey("-tls")) {
                parameters.setProtocols(options.get("-tls").split(","));
            }
            if (options.containsKey("-suites")) {
                parameters.setCipherSuites(options.get("-suites").split(","));
            }
            if (options.containsKey("-alpn")) {
                parameters.setApplicationProtocols(options.get("-alpn").split(","));
            }
            socket.setSSLParameters(parameters);
            socket.startHandshake();
            Thread.sleep(Integer.parseInt(options.getOrDefault("-hold", "0")));
            String request = "GET / HTTP/1.0\r\nHost: www.example.test\r\n\r\n";
            socket.getOutputStream().write(request.getBytes());
            int count = socket.getInputStream().read(new byte[4096]);
            System.out.println("read " + count + " bytes");
        } catch (Exception failure) {
            System.out.println("error: " + failure);
            System.exit(1);
        }
    }

    static KeyManager[] identity(String name) throws Exception {
        if (name == null) {
            return null;
        }
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream file = new FileInputStream(name + ".p12")) {
            store.load(file, "lab".toCharArray());
        }
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, "lab".toCharArray());
        return keys.getKeyManagers();
    }

    static TrustManagerFactory trust(String root) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        try (InputStream file = new FileInputStream(root)) {
            CertificateFactory factory = CertificateFactory.getInstance("X.509");
            store.setCertificateEntry("root", factory.generateCertificate(file));
        }
        TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
        trust.init(store);
        return trust;
    }
}
