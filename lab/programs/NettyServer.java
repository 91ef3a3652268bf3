import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.File;

/** Netty over TLS, whose last handler leaves failures to Netty: NettyServer HOST PORT CERT CLIENTS VERSION. */
public class NettyServer {
    public static void main(String[] words) throws Exception {
        SslContextBuilder builder =
                SslContextBuilder.forServer(manager(words[2]));
        builder.sslProvider(SslProvider.JDK);
        if (!words[3].isEmpty()) {
            builder.trustManager(new File(words[3])).clientAuth(ClientAuth.REQUIRE);
        }
        String[] versions = words[4].isEmpty()
                ? new String[] {"TLSv1.2", "TLSv1.3"} : new String[] {"TLSv" + words[4]};
        SslContext context = builder.protocols(versions).build();
        NioEventLoopGroup group = new NioEventLoopGroup(1);
        new ServerBootstrap().group(group).channel(NioServerSocketChannel.class)
                .childHandler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        channel.pipeline().addLast(context.newHandler(channel.alloc()));
                        channel.pipeline().addLast(new HttpServerCodec());
                        channel.pipeline().addLast(new Hello());
                    }
                })
                .bind(words[0], Integer.parseInt(words[1])).sync().channel().closeFuture().sync();
    }

    private static javax.net.ssl.KeyManagerFactory manager(String name) throws Exception {
        java.security.KeyStore store = java.security.KeyStore.getInstance("PKCS12");
        try (java.io.InputStream file = new java.io.FileInputStream(name + ".p12")) {
            store.load(file, "lab".toCharArray());
        }
        javax.net.ssl.KeyManagerFactory made = javax.net.ssl.KeyManagerFactory.getInstance("PKIX");
        made.init(store, "lab".toCharArray());
        return made;
    }

    private static final class Hello extends SimpleChannelInboundHandler<Object> {
        @Override
        protected void channelRead0(ChannelHandlerContext context, Object message) {
            if (message instanceof HttpRequest) {
                context.writeAndFlush(new DefaultFullHttpResponse(HttpVersion.HTTP_1_1,
                        HttpResponseStatus.OK, Unpooled.wrappedBuffer("hello\n".getBytes())))
                        .addListener(ChannelFutureListener.CLOSE);
            }
        }
    }
}
