import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;

/**
 * A DTLS client or server of the JDK: `client|server HOST PORT NAME [CERTIFICATE [TRUSTED]]`. A server
 * that is told whom to trust insists on a client certificate.
 */
public class Datagrams {
    private final DatagramSocket socket;
    private final SSLEngine engine;
    private SocketAddress peer;
    private ByteBuffer received = ByteBuffer.allocate(0);

    private Datagrams(DatagramSocket socket, SocketAddress peer, SSLEngine engine) {
        this.socket = socket;
        this.peer = peer;
        this.engine = engine;
    }

    public static void main(String[] words) throws Exception {
        boolean serves = words[0].equals("server");
        InetSocketAddress there =
                new InetSocketAddress(InetAddress.getByName(words[1]), Integer.parseInt(words[2]));
        String certificate = words.length > 4 && !words[4].isEmpty() ? words[4] : null;
        String trusted = words.length > 5 ? words[5] : serves ? null : "root.crt";
        SSLContext context = SSLContext.getInstance("DTLS");
        context.init(
                Client.identity(certificate),
                trusted == null ? null : Client.trust(trusted).getTrustManagers(),
                null);
        DatagramSocket socket = serves ? new DatagramSocket(there) : new DatagramSocket();
        do {
            SSLEngine engine = context.createSSLEngine(words[3], there.getPort());
            engine.setUseClientMode(!serves);
            SSLParameters parameters = engine.getSSLParameters();
            parameters.setMaximumPacketSize(1400);
            if (serves) {
                parameters.setNeedClientAuth(trusted != null);
            } else {
                parameters.setEndpointIdentificationAlgorithm("HTTPS");
            }
            engine.setSSLParameters(parameters);
            new Datagrams(socket, serves ? null : there, engine).talk();
        } while (serves);
    }

    /** A handshake, a greeting of the server, and an end. */
    private void talk() throws Exception {
        try {
            engine.beginHandshake();
            handshake();
            if (engine.getUseClientMode()) {
                ByteBuffer greeting = ByteBuffer.allocate(1 << 15);
                for (int records = 0; records < 4 && greeting.position() == 0; records++) {
                    receive(2000);
                    engine.unwrap(received, greeting);
                }
                System.out.print(new String(greeting.array(), 0, greeting.position()));
            } else {
                send(ByteBuffer.wrap("hello\n".getBytes()));
            }
        } catch (SSLException failure) {
            System.out.println("error: " + failure);
        } catch (SocketTimeoutException failure) {
            System.out.println("error: " + failure);
        }
        engine.closeOutbound();
        // An alert that is due is sent before the end, or as the end.
        while (peer != null && engine.getHandshakeStatus() == HandshakeStatus.NEED_WRAP
                && send(ByteBuffer.allocate(0))) {}
    }

    private void handshake() throws Exception {
        int silences = 0;
        while (true) {
            switch (engine.getHandshakeStatus()) {
                case NEED_TASK:
                    engine.getDelegatedTask().run();
                    break;
                case NEED_WRAP:
                    send(ByteBuffer.allocate(0));
                    break;
                case NEED_UNWRAP:
                case NEED_UNWRAP_AGAIN:
                    try {
                        if (!received.hasRemaining()
                                && engine.getHandshakeStatus() == HandshakeStatus.NEED_UNWRAP) {
                            receive(1000);
                        }
                        engine.unwrap(received, ByteBuffer.allocate(1 << 15));
                    } catch (SocketTimeoutException silence) {
                        if (peer != null && ++silences > 4) {
                            throw silence;
                        }
                        // The engine repeats its flight.
                        if (peer != null) {
                            send(ByteBuffer.allocate(0));
                        }
                    }
                    break;
                default:
                    return;
            }
        }
    }

    private void receive(int patience) throws Exception {
        DatagramPacket packet = new DatagramPacket(new byte[1 << 15], 1 << 15);
        socket.setSoTimeout(patience);
        socket.receive(packet);
        peer = packet.getSocketAddress();
        received = ByteBuffer.wrap(Arrays.copyOf(packet.getData(), packet.getLength()));
    }

    /** Sends what the engine makes of some bytes; answers whether it made anything. */
    private boolean send(ByteBuffer bytes) throws Exception {
        ByteBuffer made = ByteBuffer.allocate(1 << 15);
        engine.wrap(bytes, made);
        if (made.position() > 0) {
            socket.send(new DatagramPacket(made.array(), made.position(), peer));
        }
        return made.position() > 0;
    }
}
