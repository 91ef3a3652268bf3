import java.security.Security;
import java.util.Arrays;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.jsse.provider.BouncyCastleJsseProvider;

/** Client or Server with the TLS of Bouncy Castle: `Bouncy client|server`, then what they take. */
public class Bouncy {
    public static void main(String[] words) throws Exception {
        Security.insertProviderAt(new BouncyCastleProvider(), 1);
        Security.insertProviderAt(new BouncyCastleJsseProvider(), 2);
        Security.setProperty("ssl.KeyManagerFactory.algorithm", "PKIX");
        String[] others = Arrays.copyOfRange(words, 1, words.length);
        if (words[0].equals("server")) {
            Server.main(others);
        } else {
            Client.main(others);
        }
    }
}
