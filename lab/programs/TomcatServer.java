import java.io.IOException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.apache.catalina.Context;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.startup.Tomcat;
import org.apache.tomcat.util.net.SSLHostConfig;
import org.apache.tomcat.util.net.SSLHostConfigCertificate;

/** Tomcat over TLS: TomcatServer HOST PORT CERT CLIENTS VERSION. */
public class TomcatServer {
    public static void main(String[] words) throws Exception {
        Tomcat tomcat = new Tomcat();
        tomcat.setBaseDir("tomcat");
        Connector connector = new Connector();
        connector.setPort(Integer.parseInt(words[1]));
        connector.setProperty("address", words[0]);
        connector.setProperty("bindOnInit", "false");
        connector.setScheme("https");
        connector.setSecure(true);
        connector.setProperty("SSLEnabled", "true");
        SSLHostConfig host = new SSLHostConfig();
        SSLHostConfigCertificate certificate =
                new SSLHostConfigCertificate(host, SSLHostConfigCertificate.Type.UNDEFINED);
        String here = System.getProperty("user.dir") + "/";
        certificate.setCertificateKeystoreFile(here + words[2] + ".p12");
        certificate.setCertificateKeystorePassword("lab");
        certificate.setCertificateKeystoreType("PKCS12");
        host.addCertificate(certificate);
        if (!words[3].isEmpty()) {
            host.setCertificateVerification("required");
            host.setCaCertificateFile(here + words[3]);
            host.setTruststoreFile(here + "trusted.p12");
            host.setTruststorePassword("labtrust");
        }
        host.setProtocols(words[4].isEmpty() ? "TLSv1.2+TLSv1.3" : "TLSv" + words[4]);
        connector.addSslHostConfig(host);
        tomcat.getService().addConnector(connector);
        Context context = tomcat.addContext("", null);
        Tomcat.addServlet(context, "hello", new HttpServlet() {
            @Override
            protected void doGet(HttpServletRequest request, HttpServletResponse response)
                    throws IOException {
                response.getWriter().println("hello");
            }
        });
        context.addServletMappingDecoded("/", "hello");
        tomcat.start();
        tomcat.getServer().await();
    }
}
