import java.net.InetAddress;
import java.util.HashMap;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;

/** A TLS server of the JDK: answers each request with a short text, one connection at a time. */
public class Server {
    public static void main(String[] words) throws Exception {
        Map<String, String> options = new HashMap<>();
        for (int at = 0; at + 1 < words.length; at += 2) {
            options.put(words[at], words[at + 1]);
        }
        SSLContext context = SSLContext.getInstance("TLS");
        String clients = options.get("-clients");
        context.init(
                Client.identity(options.getOrDefault("-cert", "good")),
                clients == null ? null : Client.trust(clients).getTrustManagers(),
                null);
        InetAddress host = InetAddress.getByName(options.get("-host"));
        int port = Integer.parseInt(options.get("-port"));
        SSLServerSocket listener = (SSLServerSocket)
                context.getServerSocketFactory().createServerSocket(port, 50, host);
        SSLParameters parameters = listener.getSSLParameters();
        parameters.setNeedClientAuth(clients != null);
        if (options.containsKey("-tls")) {
            parameters.setProtocols(options.get("-tls").split(","));
        }
        if (options.containsKey("-suites")) {
            parameters.setCipherSuites(options.get("-suites").split(","));
        }
        if (options.containsKey("-alpn")) {
            parameters.setApplicationProtocols(options.get("-alpn").split(","));
        }
        listener.setSSLParameters(parameters);
        while (true) {
            try (SSLSocket socket = (SSLSocket) listener.accept()) {
                socket.setSoTimeout(5000);
                socket.startHandshake();
                socket.getInputStream().read(new byte[4096]);
                socket.getOutputStream().write(
                        "HTTP/1.0 200 OK\r\nContent-Length: 6\r\n\r\nhello\n".getBytes());
            } catch (Exception failure) {
                System.out.println("error: " + failure);
            }
        }
    }
}
