import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.io.File;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/** A page fetched with Netty: `FetchNetty URL [CERTIFICATE]`; Netty itself logs what nobody catches. */
public class FetchNetty {
    public static void main(String[] words) throws Exception {
        URI address = new URI(words[0]);
        SslContextBuilder builder = SslContextBuilder.forClient().trustManager(new File("root.crt"));
        SslContext context = builder.build();
        NioEventLoopGroup group = new NioEventLoopGroup(1);
        try {
            new Bootstrap().group(group).channel(NioSocketChannel.class)
                    .handler(new ChannelInitializer<SocketChannel>() {
                        @Override
                        protected void initChannel(SocketChannel channel) {
                            channel.pipeline().addLast(context.newHandler(channel.alloc(),
                                    address.getHost(), address.getPort()));
                            channel.pipeline().addLast(new Reader());
                        }
                    })
                    .connect(address.getHost(), address.getPort()).sync().channel().closeFuture().await(5000);
        } finally {
            group.shutdownGracefully(0, 1, java.util.concurrent.TimeUnit.SECONDS).await();
        }
    }

    static class Reader extends SimpleChannelInboundHandler<ByteBuf> {
        @Override
        public void channelActive(ChannelHandlerContext connection) {
            connection.writeAndFlush(Unpooled.copiedBuffer("GET / HTTP/1.0\r\n\r\n", StandardCharsets.US_ASCII));
        }

        @Override
        protected void channelRead0(ChannelHandlerContext connection, ByteBuf read) {
            System.out.println(read.toString(StandardCharsets.US_ASCII).lines().findFirst().orElse(""));
            connection.close();
        }
    }
}
