import java.io.InputStream;
import java.net.URI;
import java.net.URL;
import java.net.URLConnection;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/** A page fetched as programs in Java do it: `Fetch WAY URL [caught]`; what fails is not caught, or
 * told in one line. Trust and identity are the usual system properties. */
public class Fetch {
    public static void main(String[] words) throws Exception {
        try {
            fetch(words[0], new URI(words[1]));
        } catch (Exception failure) {
            if (words.length < 3) {
                throw failure;
            }
            System.err.println("cannot fetch: " + failure);
        }
    }

    static void fetch(String way, URI address) throws Exception {
        switch (way) {
            case "socket":
                SSLSocket socket = (SSLSocket) SSLSocketFactory.getDefault()
                        .createSocket(address.getHost(), address.getPort());
                var parameters = socket.getSSLParameters();
                parameters.setEndpointIdentificationAlgorithm("HTTPS");
                socket.setSSLParameters(parameters);
                socket.setSoTimeout(5000);
                socket.getOutputStream().write("GET / HTTP/1.0\r\n\r\n".getBytes());
                System.out.println("read " + socket.getInputStream().read(new byte[4096]) + " bytes");
                break;
            case "url":
                URLConnection connection = address.toURL().openConnection();
                connection.setReadTimeout(5000);
                try (InputStream body = connection.getInputStream()) {
                    System.out.println("read " + body.readAllBytes().length + " bytes");
                }
                break;
            case "client":
                HttpRequest request = HttpRequest.newBuilder(address)
                        .timeout(Duration.ofSeconds(5)).build();
                System.out.println("HTTP " + HttpClient.newHttpClient()
                        .send(request, HttpResponse.BodyHandlers.ofString()).statusCode());
                break;
            default:
                throw new IllegalArgumentException(way);
        }
    }
}
