package dev.sluice.api;

import dev.sluice.admission.Usage;
import dev.sluice.agent.AnswerTrace;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/** Reads a stream in passing: every buffer goes on as it came. Confined to the event loop of its exchange. */
final class EventStreamReader implements AnswerReader {

    private final EventScanner scanner = new EventScanner();
    private final AnswerFacts facts;

    EventStreamReader(Route route) {
        this.facts = new AnswerFacts(route);
    }

    @Override
    public ByteBuf onBytes(ByteBuf in) {
        int end = in.writerIndex();
        for (int i = in.readerIndex(); i < end; ) {
            i = scanner.readLine(in, i);
            if (scanner.hasEvent()) {
                facts.onEvent(scanner);
            }
        }
        return in;
    }

    @Override
    public ByteBuf onEnd() {
        return Unpooled.EMPTY_BUFFER;
    }

    @Override
    public void release() {
        // Nothing is withheld.
    }

    @Override
    public Usage usage() {
        return facts.usage();
    }

    @Override
    public AnswerTrace trace() {
        return facts.trace();
    }

    @Override
    public boolean sawFirstToken() {
        return facts.sawFirstToken();
    }

    @Override
    public boolean sawError() {
        return facts.sawError();
    }

    @Override
    public boolean brokeOff() {
        return facts.sawErrorAmidAnswer();
    }
}
