package dev.sluice.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.config.UpstreamAddress;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Nobody listens on 127.0.0.2 here. */
@Timeout(60)
final class ConnectorTest {

    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    private final EventLoopGroup loops = Transport.best().eventLoops(1, "test");
    private final ServerSocket engine = listen();

    /** The time-outs of the tries, in order. */
    private final Queue<Integer> triedMillis = new ConcurrentLinkedQueue<>();

    private static ServerSocket listen() {
        try {
            return new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private Connector connector(String... addresses) {
        ChannelInitializer<Channel> counting = new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel channel) {
                triedMillis.add(channel.config().getConnectTimeoutMillis());
            }
        };
        HostNames names = new HostNames(name -> {
            InetAddress[] found = new InetAddress[addresses.length];
            for (int i = 0; i < found.length; i++) {
                found[i] = InetAddress.getByName(addresses[i]);
            }
            return found;
        });
        UpstreamAddress upstream = UpstreamAddress.parse("http://engine:" + engine.getLocalPort());
        return new Connector(
                Transport.best().connector(loops.next(), upstream, TIMEOUT).handler(counting), names);
    }

    @AfterEach
    void close() throws IOException {
        engine.close();
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }

    @Test
    void theNextAddressIsTriedAndTheOneThatTookItIsTheFirstFromThenOn() throws Exception {
        Connector connector = connector("127.0.0.2", "127.0.0.1");
        Channel first = connector.connect().sync().getNow();
        assertThat(first.remoteAddress()).isEqualTo(new InetSocketAddress("127.0.0.1", engine.getLocalPort()));
        assertThat(triedMillis).hasSize(2);
        assertThat(connector.connect().sync().getNow().isActive()).isTrue();
        assertThat(triedMillis).hasSize(3);
    }

    @Test
    void allAddressesTogetherAreBoundedByTheTimeOut() throws Exception {
        connector("127.0.0.2", "127.0.0.1").connect().sync();
        assertThat(triedMillis.poll()).isBetween(1, (int) TIMEOUT.toMillis() / 2);
        assertThat(triedMillis.poll()).isBetween(1, (int) TIMEOUT.toMillis());
    }

    @Test
    void whereNoAddressTakesItTheConnectHasFailed() {
        Connector connector = connector("127.0.0.2", "127.0.0.3");
        assertThatThrownBy(() -> connector.connect().sync()).isInstanceOf(ConnectException.class);
        assertThat(triedMillis).hasSize(2);
    }

    @Test
    void aNameWithoutAddressesHasFailedWithoutATry() {
        HostNames names = new HostNames(name -> {
            throw new UnknownHostException(name);
        });
        Connector connector = new Connector(
                Transport.best().connector(loops.next(), UpstreamAddress.parse("http://engine:1"), TIMEOUT), names);
        assertThatThrownBy(() -> connector.connect().sync()).isInstanceOf(UnknownHostException.class);
    }
}
