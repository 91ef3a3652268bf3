import java.io.IOException;
import javax.servlet.http.HttpServletRequest;
import javax.servlet.http.HttpServletResponse;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.server.handler.AbstractHandler;
import org.eclipse.jetty.util.ssl.SslContextFactory;

/** Jetty over TLS: JettyServer HOST PORT CERT CLIENTS VERSION. */
public class JettyServer {
    public static void main(String[] words) throws Exception {
        SslContextFactory.Server context = new SslContextFactory.Server();
        context.setKeyStorePath(words[2] + ".p12");
        context.setKeyStorePassword("lab");
        if (!words[3].isEmpty()) {
            context.setNeedClientAuth(true);
            context.setTrustStorePath("trusted.p12");
            context.setTrustStorePassword("labtrust");
        }
        if (!words[4].isEmpty()) {
            context.setIncludeProtocols("TLSv" + words[4]);
        }
        Server server = new Server();
        HttpConfiguration http = new HttpConfiguration();
        http.addCustomizer(new SecureRequestCustomizer(false));
        ServerConnector connector = new ServerConnector(
                server, new SslConnectionFactory(context, "http/1.1"), new HttpConnectionFactory(http));
        connector.setHost(words[0]);
        connector.setPort(Integer.parseInt(words[1]));
        server.addConnector(connector);
        server.setHandler(new AbstractHandler() {
            @Override
            public void handle(String target, Request base, HttpServletRequest request,
                    HttpServletResponse response) throws IOException {
                response.getWriter().println("hello");
                base.setHandled(true);
            }
        });
        server.start();
        server.join();
    }
}
