package dev.sluice.proxy;

import dev.sluice.admission.Ending;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.util.concurrent.Future;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One request at the engine: a connection, the request sent, the answer handed on with back-pressure, patience.
 *
 * <p>The reuse race. An engine closes idle connections without a word, perhaps just as we write. A second try, once and on a
 * new connection, is made only where the first provably did no work: the kernel had not taken the whole head (an engine
 * acts on nothing less), or nothing was lost by asking twice (a safe method without a body). That is why a body that is here
 * as a whole is kept until the head is taken, and one that is streamed waits for that on a reused connection: until then it
 * is still there to be sent again. A connection that the
 * kernel already knows to be closed is never written to. What remains is an engine that closes within the network's delay
 * of our writing: with a body that was taken, the client is told {@code engine_died}, since nobody can know.
 *
 * <p>Confined to the client's event loop.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a write or close that fails closes the channel, and that is seen
final class Forwarding implements UpstreamPool.Borrower, UpstreamConnection.Receiver {

    private static final Set<HttpMethod> SAFE = Set.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.OPTIONS);

    private final ClientConnection client;
    private final HttpRequest head;
    private final boolean hasBody;
    private final long firstByteNanos;
    private final Owner owner;

    private @Nullable ByteBuf wholeBody;
    private @Nullable UpstreamConnection connection;
    private @Nullable Future<?> timer;
    private long lastProgressNanos;
    private boolean hadRested;
    private boolean retried;
    private boolean forwarded;
    private boolean headTaken;
    private boolean endSent;
    private boolean anythingAnswered;
    private boolean answerBegun;
    private boolean over;

    /**
     * @param head to be sent, with the engine's key put in if there is one
     * @param firstByteNanos longest silence before the answer begins; before its first token where the owner awaits one
     */
    Forwarding(ClientConnection client, HttpRequest head, long firstByteNanos, Owner owner) {
        this.client = client;
        this.head = head;
        this.hasBody = HttpUtil.isTransferEncodingChunked(head) || RequestGuard.announcedLength(head) > 0;
        this.firstByteNanos = firstByteNanos;
        this.owner = owner;
        client.setup().links().credentials().engineKey().putInto(head.headers());
    }

    /** Whose request it is. Exactly one of {@link #onEnd}, {@link #onSwitched} and {@link #onFailed} is last. */
    interface Owner {

        /** The request begins to be sent. Once, however many tries it takes. */
        void onForwarded();

        /** {@link #wantsBody} has become true. */
        void onBodyWanted();

        void onInterim(HttpResponse head);

        /** The head of the answer; returns how its body is wanted. */
        Delivery onHead(HttpResponse head, AnswerFraming framing);

        /** Whether the answer has begun but its first token has not come: what else comes is no progress. */
        default boolean awaitsFirstToken() {
            return false;
        }

        /** Content that the next {@link #onAnswerBody} brings in its framing: to be looked at and no more. */
        void onAnswerContent(ByteBuf in, int from, int to);

        /** The next bytes of the answer; the owner owns them. */
        void onAnswerBody(ByteBuf bytes);

        /** All that has come so far was handed over. */
        void onAnswerPause();

        void onEnd(HttpHeaders trailers);

        /** The engine speaks another protocol from here on; the owner owns the connection. */
        void onSwitched(HttpResponse head, UpstreamConnection connection);

        /** {@link Ending#ENGINE_DOWN}, {@link Ending#ENGINE_DIED} or {@link Ending#ENGINE_SLOW}. */
        void onFailed(Ending ending);
    }

    /** Begins a request without body, or one whose body comes by {@link #sendBody}. */
    void start() {
        client.pool().borrow(this);
    }

    /** Begins a request whose body is here as a whole; takes ownership. */
    void start(ByteBuf body) {
        wholeBody = body;
        start();
    }

    /** Whether more of the request may come; if it has no body, its end may come at any time. */
    boolean wantsBody() {
        return !hasBody || (headTaken && connection != null && connection.isWritable());
    }

    /** Takes ownership of {@code bytes}. Only if {@link #wantsBody}. */
    void sendBody(ByteBuf bytes) {
        if (connection == null || !hasBody) {
            bytes.release();
            return;
        }
        connection.sendBody(bytes);
        progress();
    }

    void sendEnd() {
        if (connection != null && !endSent) {
            endSent = true;
            progress();
            connection.sendEnd();
        }
    }

    void flush() {
        if (connection != null) {
            connection.flush();
        }
    }

    /** The client takes bytes again. */
    void resume() {
        if (connection != null) {
            progress();
            connection.read();
        }
    }

    /** The client has left: the engine is told at once, by closing. Idempotent. */
    void abandon() {
        UpstreamConnection used = connection;
        finish();
        if (used != null) {
            used.close();
        }
    }

    @Override
    public void onConnection(UpstreamConnection lent) {
        if (over) {
            client.pool().giveBack(lent);
        } else {
            client.edge().guard(() -> begin(lent));
        }
    }

    private void begin(UpstreamConnection lent) {
        connection = lent;
        lent.take(this);
        hadRested = lent.hasRested();
        progress();
        scheduleCheck(firstByteNanos);
        if (!forwarded) {
            forwarded = true;
            owner.onForwarded();
        }
        send(lent);
    }

    @Override
    public void onConnectFailed(Throwable cause) {
        boolean isTried = !(cause instanceof CircuitBreaker.OpenException);
        client.edge().guard(() -> fail(Ending.ENGINE_DOWN, isTried ? "connect_failed" : "not_tried"));
    }

    @Override
    public void onInterim(HttpResponse interim) {
        progress();
        anythingAnswered = true;
        owner.onInterim(interim);
    }

    @Override
    public Delivery onHead(HttpResponse answer, AnswerFraming framing) {
        anythingAnswered = true;
        answerBegun = true;
        Delivery delivery = owner.onHead(answer, framing);
        progress();
        return delivery;
    }

    @Override
    public void onContent(ByteBuf in, int from, int to) {
        owner.onAnswerContent(in, from, to);
    }

    @Override
    public void onBody(ByteBuf bytes) {
        owner.onAnswerBody(bytes);
        progress();
    }

    @Override
    public void onEnd(HttpHeaders trailers) {
        finish();
        client.edge().guard(() -> owner.onEnd(trailers));
    }

    @Override
    public void onSwitched(HttpResponse answer) {
        client.edge().guard(() -> switched(answer));
    }

    private void switched(HttpResponse answer) {
        UpstreamConnection used = connection;
        if (used == null || !head.headers().contains(HttpHeaderNames.UPGRADE)) {
            anythingAnswered = true;
            abortWith(Ending.ENGINE_DIED, "died");
            return;
        }
        finish();
        owner.onSwitched(answer, used);
    }

    @Override
    public void onBroken() {
        connection = null;
        client.edge().guard(this::tryAgainOrFail);
    }

    private void tryAgainOrFail() {
        boolean neverReached = !headTaken || (!hasBody && SAFE.contains(head.method()));
        if (hadRested && !retried && !anythingAnswered && neverReached) {
            retried = true;
            headTaken = false;
            endSent = false;
            client.pool().connect(this);
        } else {
            fail(Ending.ENGINE_DIED, answerBegun ? "broken_off" : "died");
        }
    }

    @Override
    public void onReadComplete() {
        owner.onAnswerPause();
        if (connection != null && client.isWritable()) {
            connection.read();
        }
    }

    @Override
    public void onWritable() {
        progress();
        if (headTaken) {
            owner.onBodyWanted();
        }
    }

    private void send(UpstreamConnection lent) {
        ChannelFuture written = lent.sendHead(head);
        if (!hasBody || wholeBody != null) {
            if (wholeBody != null) {
                lent.sendBody(wholeBody.retainedDuplicate());
            }
            written.addListener(done -> {
                if (done.isSuccess()) {
                    headTaken = true;
                    dropWholeBody();
                }
            });
            sendEnd();
        } else if (hadRested) {
            written.addListener(done -> {
                if (done.isSuccess() && connection == lent) {
                    client.edge().guard(this::bodyMayGo);
                }
            });
            lent.flush();
        } else {
            bodyMayGo();
            lent.flush();
        }
    }

    private void bodyMayGo() {
        headTaken = true;
        owner.onBodyWanted();
    }

    private void progress() {
        if (!answerBegun || !owner.awaitsFirstToken()) {
            lastProgressNanos = now();
        }
    }

    /**
     * Lets patience be checked when what is left of the bound in force is over, and before the shortest that can come in force
     * meanwhile is: the bound on silence counts from an answer's beginning, which is later than now. So the beginning itself
     * need not be told, and one timer does for most exchanges.
     */
    private void scheduleCheck(long leftNanos) {
        if (timer != null) {
            timer.cancel(false);
        }
        timer = client.edge().schedule(this::checkPatience, Math.min(leftNanos, silenceNanos()));
    }

    private void checkPatience() {
        timer = null;
        if (over || connection == null) {
            return;
        }
        long boundNanos = boundNanos();
        long silentNanos = now() - lastProgressNanos;
        if (silentNanos < boundNanos) {
            scheduleCheck(boundNanos - silentNanos);
        } else if (!client.isWritable() || (!endSent && connection.isWritable())) {
            // It is the client that neither takes nor gives: the engine is not to blame.
            client.close();
        } else {
            abortWith(Ending.ENGINE_SLOW, "slow");
        }
    }

    private void abortWith(Ending ending, String kind) {
        UpstreamConnection used = connection;
        if (used != null) {
            used.close();
        }
        fail(ending, kind);
    }

    private void fail(Ending ending, String kind) {
        if (!over) {
            finish();
            client.setup().parts().observer().onUpstreamError(kind);
            owner.onFailed(ending);
        }
    }

    private void dropWholeBody() {
        if (wholeBody != null) {
            wholeBody.release();
            wholeBody = null;
        }
    }

    private void finish() {
        over = true;
        connection = null;
        dropWholeBody();
        if (timer != null) {
            timer.cancel(false);
            timer = null;
        }
    }

    private long boundNanos() {
        return answerBegun && !owner.awaitsFirstToken() ? silenceNanos() : firstByteNanos;
    }

    private long silenceNanos() {
        return client.setup().config().upstream().silence().toNanos();
    }

    private long now() {
        return client.setup().parts().nanoClock().getAsLong();
    }
}
