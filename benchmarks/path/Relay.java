import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;

/**
 * Bytes from here to there and back, on one event loop, and nothing else: what no proxy on Netty can cost less than.
 * {@code java -cp target/sluice.jar benchmarks/path/Relay.java PORT ENGINE_PORT}
 */
final class Relay {

    private static final String LOOPBACK = "127.0.0.1";

    public static void main(String[] args) {
        int engine = Integer.parseInt(args[1]);
        EventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
        new ServerBootstrap()
                .group(loop)
                .channel(EpollServerSocketChannel.class)
                .option(ChannelOption.SO_BACKLOG, 4096)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.AUTO_READ, false)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel client) {
                        connect(client, engine);
                    }
                })
                .bind(LOOPBACK, Integer.parseInt(args[0]))
                .syncUninterruptibly();
        System.out.println("relay ready");
    }

    private static void connect(Channel client, int engine) {
        new Bootstrap()
                .group(client.eventLoop())
                .channel(EpollSocketChannel.class)
                .option(ChannelOption.TCP_NODELAY, true)
                .handler(new To(client))
                .connect(LOOPBACK, engine)
                .addListener((ChannelFuture connected) -> {
                    client.pipeline().addLast(new To(connected.channel()));
                    client.config().setAutoRead(true);
                });
    }

    /** Writes what one side says to the other, flushed once for each read. */
    private static final class To extends ChannelInboundHandlerAdapter {

        private final Channel other;

        To(Channel other) {
            this.other = other;
        }

        @Override
        public void channelRead(ChannelHandlerContext from, Object bytes) {
            other.write(bytes, other.voidPromise());
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext from) {
            other.flush();
        }

        @Override
        public void channelInactive(ChannelHandlerContext from) {
            other.close();
        }
    }
}
