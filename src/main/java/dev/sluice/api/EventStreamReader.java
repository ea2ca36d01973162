package dev.sluice.api;

import dev.sluice.admission.Usage;
import dev.sluice.agent.AnswerTrace;
import io.netty.buffer.ByteBuf;

/** Reads a stream in passing: every buffer goes on as it came. Confined to the event loop of its exchange. */
final class EventStreamReader implements AnswerReader {

    private final EventScanner scanner = new EventScanner();
    private final AnswerFacts facts;

    EventStreamReader(Route route) {
        this.facts = new AnswerFacts(route);
    }

    @Override
    public boolean edits() {
        return false;
    }

    @Override
    public void read(ByteBuf in, int from, int to) {
        for (int i = from; i < to; ) {
            i = scanner.readLine(in, i, to);
            if (scanner.hasEvent()) {
                facts.onEvent(scanner);
            } else if (scanner.hasLargeEvent()) {
                facts.onLargeEvent(scanner.type());
            }
        }
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

    @Override
    public boolean toldItsEnd() {
        return facts.sawEnd();
    }
}
