package dev.sluice.api;

import dev.sluice.admission.Usage;
import dev.sluice.agent.AnswerTrace;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/**
 * Reads a stream and takes out the usage chunk that only we asked for: the event with usage and no choices, from its
 * first field to its blank line. Every other byte passes, an unfinished event at the end too.
 *
 * <p>Bytes of an event wait for its blank line; comments do not wait. An event larger than
 * {@link EventScanner#MAX_EVENT_BYTES} ends the filtering. So does usage in a chunk that has choices and is not the
 * last: we never ask for that, so the engine tells usage to everyone, and the client expects its chunk.
 *
 * <p>Confined to the event loop of its exchange.
 */
final class UsageChunkFilter implements AnswerReader {

    private final EventScanner scanner = new EventScanner();
    private final AnswerFacts facts;
    private ByteBuf withheld = Unpooled.EMPTY_BUFFER;
    private boolean isFiltering = true;
    private boolean dropsLf;

    UsageChunkFilter(Route route) {
        this.facts = new AnswerFacts(route);
    }

    @Override
    public boolean edits() {
        return true;
    }

    @Override
    public void read(ByteBuf in, int from, int to) {
        throw new IllegalStateException("read: called (expected: onBytes, as this reader edits)");
    }

    @Override
    public ByteBuf onBytes(ByteBuf in) {
        int end = in.writerIndex();
        int passFrom = in.readerIndex();
        if (dropsLf && in.isReadable()) {
            dropsLf = false;
            passFrom += in.getByte(passFrom) == '\n' ? 1 : 0;
        }
        int eventFrom = passFrom;
        ByteBuf out = Unpooled.EMPTY_BUFFER;
        for (int i = in.readerIndex(); i < end; ) {
            i = scanner.readLine(in, i, end);
            if (scanner.isInEvent()) {
                continue;
            }
            if (isUsageChunk()) {
                out = join(out, in.retainedSlice(passFrom, eventFrom - passFrom));
                withheld.release();
                withheld = Unpooled.EMPTY_BUFFER;
                passFrom = i;
                dropsLf = scanner.awaitsLf();
            } else if (withheld.isReadable()) {
                out = join(out, withheld);
                withheld = Unpooled.EMPTY_BUFFER;
            }
            eventFrom = Math.max(i, passFrom);
        }
        return split(in, out, passFrom, eventFrom);
    }

    @Override
    public ByteBuf onEnd() {
        ByteBuf rest = withheld;
        withheld = Unpooled.EMPTY_BUFFER;
        return rest;
    }

    @Override
    public void release() {
        onEnd().release();
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

    private boolean isUsageChunk() {
        if (!scanner.hasEvent()) {
            if (scanner.hasLargeEvent()) {
                facts.onLargeEvent(scanner.type());
            }
            return false;
        }
        facts.onEvent(scanner);
        isFiltering &= !facts.isUsageAmidAnswer();
        return isFiltering && facts.isUsageChunk();
    }

    /** Ends a call: what has a fate passes on, an unfinished event from {@code eventFrom} on is withheld. */
    private ByteBuf split(ByteBuf in, ByteBuf out, int passFrom, int eventFrom) {
        int end = in.writerIndex();
        isFiltering &= withheld.readableBytes() + end - eventFrom <= EventScanner.MAX_EVENT_BYTES;
        int passTo = isFiltering ? eventFrom : end;
        ByteBuf passed = out;
        if (!isFiltering) {
            passed = join(passed, withheld);
            withheld = Unpooled.EMPTY_BUFFER;
        }
        if (passFrom == in.readerIndex() && passTo == end && !passed.isReadable()) {
            return in;
        }
        if (passTo < end) {
            // Copied: a slice would keep the whole buffer that it was cut from.
            withheld = withheld.isReadable() ? withheld : in.alloc().buffer(end - passTo);
            withheld.writeBytes(in, passTo, end - passTo);
        }
        passed = join(passed, in.retainedSlice(passFrom, passTo - passFrom));
        in.release();
        return passed;
    }

    private static ByteBuf join(ByteBuf first, ByteBuf second) {
        if (!first.isReadable()) {
            first.release();
            return second;
        }
        if (!second.isReadable()) {
            second.release();
            return first;
        }
        ByteBuf joined = second.alloc().buffer(first.readableBytes() + second.readableBytes());
        joined.writeBytes(first).writeBytes(second);
        first.release();
        second.release();
        return joined;
    }
}
