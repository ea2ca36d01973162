package dev.sluice.proxy;

import dev.sluice.admission.Ending;
import dev.sluice.admission.Place;
import dev.sluice.admission.Refusal;
import dev.sluice.admission.Usage;
import dev.sluice.agent.AnswerTrace;
import dev.sluice.agent.BadIdentityException;
import dev.sluice.api.AnswerReader;
import dev.sluice.api.BadRequestException;
import dev.sluice.api.ErrorCode;
import dev.sluice.api.RequestFacts;
import dev.sluice.api.Route;
import dev.sluice.gate.Gate;
import dev.sluice.gate.Permit;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpUtil;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One governed exchange: collected, asked about at the gate, held or refused or forwarded, its answer read in passing.
 * However it ends, it ends through {@link #end} alone, once, and the permit with it; a permit that comes after the end is
 * ended where it comes in. Confined to the client's event loop.
 */
final class GovernedExchange implements Exchange, Gate.Caller, Forwarding.Owner {

    /** What the engine is given even if the wait has used up the bound: time for an answer that is there at once. */
    private static final long MIN_FIRST_BYTE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private static final Logger log = LoggerFactory.getLogger(GovernedExchange.class);

    private final ClientConnection client;
    private final ProxyParts parts;
    private final HttpRequest request;
    private final Route route;
    private final ClientTerms terms;
    private final ExchangeFigures figures;
    private final ResponseRelay relay;
    private final BodyCollector collector;
    private final KeepAlive keepAlive;

    private @Nullable Step step;
    private Gate.@Nullable Claim claim;
    private @Nullable Permit permit;
    private @Nullable Forwarding forwarding;
    private @Nullable AnswerReader answer;
    private @Nullable Place place;
    private Delivery delivery = Delivery.CONTENT;
    private String agentId = "";
    private long askedNanos;
    private boolean sentToEngine;
    private boolean firstTokenTold;
    private boolean over;

    GovernedExchange(ClientConnection client, HttpRequest request, Route route) {
        this.client = client;
        this.parts = client.setup().parts();
        this.request = request;
        this.route = route;
        terms = ClientTerms.of(request.headers(), client.setup().config());
        figures = new ExchangeFigures(request, parts.nanoClock());
        relay = new ResponseRelay(client, request, figures);
        keepAlive = new KeepAlive(terms, route, relay, client.edge(), this::ownFields, this::look);
        collector = new BodyCollector(
                client.allocator(),
                announcedBytes(),
                maxBodyBytes(),
                client.setup().bodies(),
                client.setup().config().limits().collectingBytes());
    }

    void start() {
        if (announcedBytes() > maxBodyBytes()) {
            refuseTooLarge();
        } else {
            relay.continueIfExpected();
        }
    }

    @Override
    public boolean wantsBody() {
        return true;
    }

    @Override
    public void onBody(ByteBuf bytes) {
        figures.countRequest(bytes.readableBytes());
        switch (collector.add(bytes)) {
            case YES -> {}
            case TOO_LARGE -> refuseTooLarge();
            case TOO_MUCH_TOGETHER -> reply(ErrorReply.tooMuchToCollect(terms.refusalStatus()), null);
        }
    }

    @Override
    public void onRequestEnd() {
        try {
            Step asking = client.setup().steps().read(route, request.headers(), client.certified(), collector);
            step = asking;
            askedNanos = parts.nanoClock().getAsLong();
            agentId = asking.arrival().agentId();
            figures.asks(asking.arrival().tenant());
            claim = parts.gate().ask(asking.arrival().with(terms.patience()), asking.print(), this, client.edge());
        } catch (BadRequestException e) {
            refuseUnread(ErrorCode.BAD_REQUEST, e);
        } catch (BadIdentityException e) {
            refuseUnread(ErrorCode.BAD_IDENTITY, e);
        } catch (RuntimeException e) {
            if (step != null) {
                throw e;
            }
            log.error("A step could not be read because of a fault in Sluice; it is forwarded without control.", e);
            forwardUnread();
        }
    }

    /** As it came; the gate knows nothing of it. */
    private void forwardUnread() {
        ByteBuf body = collector.take();
        HttpRequest head = ForwardedHead.collected(request, client.setup().upstream(), body.readableBytes());
        begin(new Forwarding(client, head, wholeAnswerNanos(), this), body);
    }

    private void begin(Forwarding toEngine, ByteBuf body) {
        forwarding = toEngine;
        toEngine.start(body);
    }

    @Override
    public void onMalformedBody(ErrorReply reply) {
        reply(reply, null);
    }

    @Override
    public void onReadComplete() {}

    @Override
    public void attributed(String id) {
        agentId = id;
    }

    @Override
    public void held(Place now) {
        place = now;
        if (step != null) {
            keepAlive.held(now, step.facts().streamed());
        }
    }

    private void look() {
        if (claim != null) {
            claim.look();
        }
    }

    @Override
    public void forward(Permit granted) {
        Step allowed = step;
        if (over || allowed == null) {
            granted.end(Ending.CLIENT_GONE_HELD, Usage.NONE);
            return;
        }
        permit = granted;
        keepAlive.forwarded();
        parts.habits().get().priority(granted.urgency()).ifPresent(allowed::prioritize);
        HttpRequest head = ForwardedHead.toRank(
                granted.rank(), ForwardedHead.collected(request, client.setup().upstream(), allowed.forwardedBytes()));
        HttpRequest sent = keepAlive.mayComeFirst() ? ForwardedHead.uncoded(head) : head;
        begin(new Forwarding(client, sent, firstByteNanos(allowed.facts()), this), allowed.takeBody());
    }

    @Override
    public void refused(Refusal refusal) {
        if (!over) {
            place = refusal.place() == null ? place : refusal.place();
            reply(ErrorReply.of(refusal, terms.refusalStatus()), refusal.ending());
        }
    }

    @Override
    public void onForwarded() {
        sentToEngine = true;
        parts.observer().onGovernedStart();
    }

    @Override
    public void onBodyWanted() {
        // It went with the head.
    }

    @Override
    public void onInterim(HttpResponse head) {
        relay.interim(head);
    }

    @Override
    public Delivery onHead(HttpResponse head, AnswerFraming framing) {
        boolean isEdited = false;
        keepAlive.stop();
        if (!relay.fits(head)) {
            refuseUnfit();
            return Delivery.CONTENT;
        }
        if (step != null && head.status().codeClass() == HttpStatusClass.SUCCESS) {
            answer = AnswerReader.of(
                    route, readableType(head.headers()), step.facts().usageEdit() != null);
            isEdited = answer.edits();
        }
        delivery = relay.head(head, framing, ownFields(), isEdited);
        return delivery;
    }

    @Override
    public void onAnswerContent(ByteBuf in, int from, int to) {
        figures.countResponse(to - from);
        if (answer != null) {
            answer.read(in, from, to);
            tellFirstToken(answer);
        }
    }

    @Override
    public void onAnswerBody(ByteBuf bytes) {
        if (answer == null || delivery == Delivery.FRAMED) {
            relay.body(bytes);
        } else {
            relay.body(answer.onBytes(bytes));
            tellFirstToken(answer);
        }
    }

    @Override
    public boolean awaitsFirstToken() {
        return answer != null && !firstTokenTold && step != null && step.facts().streamed();
    }

    private void tellFirstToken(AnswerReader reader) {
        if (!firstTokenTold && permit != null && reader.sawFirstToken()) {
            firstTokenTold = true;
            permit.onFirstToken();
        }
    }

    @Override
    public void onAnswerPause() {
        client.flush();
    }

    @Override
    public void onClientWritable() {
        if (forwarding != null) {
            forwarding.resume();
        }
    }

    @Override
    public void onEnd(HttpHeaders trailers) {
        Ending ending = permit == null ? null : Ending.ENGINE_REFUSED; // null: forwarded unread
        if (answer != null) {
            relay.body(answer.onEnd());
            ending = answered(answer);
            if (!answer.toldItsEnd()) {
                end(ending);
                relay.breakOff();
                return;
            }
        }
        relay.end(trailers);
        end(ending);
        relay.finish();
    }

    /** How an answer ended that is whole by its framing. An engine that is told to stop ends its streams cleanly, too. */
    private Ending answered(AnswerReader whole) {
        if (whole.toldItsEnd() && !whole.brokeOff()) {
            return whole.sawError() ? Ending.ENGINE_REFUSED : Ending.COMPLETED;
        }
        parts.observer().onUpstreamError("broken_off");
        return Ending.ENGINE_DIED;
    }

    @Override
    public void onSwitched(HttpResponse head, UpstreamConnection connection) {
        throw new IllegalStateException(
                "onSwitched: 101 (expected: none, as no upgrade is asked for on governed routes)");
    }

    @Override
    public void onFailed(Ending ending) {
        if (relay.isStarted()) {
            end(ending);
            relay.breakOff();
        } else {
            reply(ErrorReply.engineFailed(ending), ending);
        }
    }

    @Override
    public void onClientGone() {
        if (forwarding != null) {
            forwarding.abandon();
        }
        if (permit != null) {
            end(Ending.CLIENT_GONE);
        } else if (claim != null) {
            try {
                claim.withdraw();
            } finally {
                end(Ending.CLIENT_GONE_HELD);
            }
        } else {
            end(null);
        }
    }

    private void refuseUnread(ErrorCode code, Exception why) {
        reply(ErrorReply.of(code, Objects.requireNonNullElse(why.getMessage(), code.code())), null);
    }

    /** Passed on, it would be taken for what the head of the signs of life said. */
    private void refuseUnfit() {
        if (forwarding != null) {
            forwarding.abandon();
        }
        parts.observer().onUpstreamError("unfit");
        reply(ErrorReply.unfit(), Ending.ENGINE_DIED);
    }

    private void refuseTooLarge() {
        reply(ErrorReply.of(ErrorCode.BODY_TOO_LARGE, "the body is larger than " + maxBodyBytes() + " bytes"), null);
    }

    private void reply(ErrorReply reply, @Nullable Ending ending) {
        relay.error(reply, route, ownFields());
        end(ending);
        relay.finish();
    }

    /**
     * The one end of this exchange: what it holds is given back, and whoever must know is told.
     *
     * @param ending null only if the gate was never asked
     */
    private void end(@Nullable Ending ending) {
        if (over) {
            return;
        }
        over = true;
        keepAlive.stop();
        Usage usage = answer == null ? Usage.NONE : answer.usage();
        try {
            if (permit != null && ending != null) {
                end(permit, ending, usage);
            }
            parts.observer().onExchange(figures.governed(route, ending, agentId, waitedNanos(), usage));
        } finally {
            collector.release();
            if (step != null) {
                step.release();
            }
            if (answer != null) {
                answer.release();
            }
            if (sentToEngine) {
                parts.observer().onGovernedEnd();
            }
        }
    }

    private void end(Permit held, Ending ending, Usage usage) {
        try {
            held.onAnswer(answer == null ? AnswerTrace.NONE : answer.trace());
        } finally {
            held.end(ending, usage);
        }
    }

    private HttpHeaders ownFields() {
        return step == null ? EmptyHttpHeaders.INSTANCE : OwnFields.of(agentId, waitedNanos(), place, permit);
    }

    private static @Nullable String readableType(HttpHeaders fields) {
        return fields.contains(HttpHeaderNames.CONTENT_ENCODING) ? null : fields.get(HttpHeaderNames.CONTENT_TYPE);
    }

    private long waitedNanos() {
        if (permit != null) {
            return permit.waitedNanos();
        }
        return step == null ? 0 : parts.nanoClock().getAsLong() - askedNanos;
    }

    private long firstByteNanos(RequestFacts facts) {
        return facts.streamed()
                ? Math.max(MIN_FIRST_BYTE_NANOS, terms.firstTokenNanos() - figures.sinceArrivalNanos())
                : wholeAnswerNanos();
    }

    private long wholeAnswerNanos() {
        return client.setup().config().upstream().wholeAnswer().toNanos();
    }

    private long announcedBytes() {
        return HttpUtil.getContentLength(request, -1L);
    }

    private long maxBodyBytes() {
        return client.setup().config().limits().bodyBytes();
    }
}
