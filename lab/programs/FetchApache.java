import org.apache.http.client.methods.HttpGet;
import org.apache.http.impl.client.HttpClients;

/** A page fetched with Apache HttpClient: `FetchApache URL`; what fails is not caught. */
public class FetchApache {
    public static void main(String[] words) throws Exception {
        try (var client = HttpClients.createSystem();
                var answer = client.execute(new HttpGet(words[0]))) {
            System.out.println(answer.getStatusLine());
        }
    }
}
