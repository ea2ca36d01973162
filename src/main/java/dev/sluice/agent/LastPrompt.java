package dev.sluice.agent;

import dev.sluice.admission.Continuity;
import dev.sluice.admission.PrefixBreak;
import dev.sluice.admission.PrefixBreak.Cause;
import org.jspecify.annotations.Nullable;

/** What of a conversation's last prompt is remembered to see what has changed in the next. Immutable. */
final class LastPrompt {

    private final Chain.Head head;
    private final PrefixTrail trail;
    private final int length;
    private final long whole;
    private final long messageBytes;
    private final long bodyBytes;

    private LastPrompt(Chain chain, long bodyBytes) {
        this.head = chain.head();
        this.trail = PrefixTrail.of(chain);
        this.length = chain.length();
        this.whole = chain.prefix(length);
        this.messageBytes = chain.bytes(length);
        this.bodyBytes = bodyBytes;
    }

    /** Null where the prompt is kept by the server, so that nothing can be compared. */
    static @Nullable LastPrompt of(Chain chain, long bodyBytes) {
        boolean isHere = chain.length() > 0 && chain.answered() == 0 && chain.named() == 0;
        return isHere ? new LastPrompt(chain, bodyBytes) : null;
    }

    /** How the next prompt stands to this one. */
    Continuity to(Chain next) {
        if (next.length() == 0 || next.answered() != 0 || next.named() != 0) {
            return Continuity.UNKNOWN;
        }
        Cause changed = next.head().changeSince(head);
        if (changed != null) {
            return Continuity.of(new PrefixBreak(changed, -1, 0));
        }
        if (next.length() >= length && next.prefix(length) == whole) {
            return Continuity.WHOLE;
        }
        int kept = trail.kept(next);
        Cause cause = kept == 0 ? Cause.BEGUN_ANEW : Cause.HISTORY;
        return Continuity.of(new PrefixBreak(cause, kept, keptRatio(next, kept)));
    }

    /** By bytes where they are known, by messages otherwise; the head counts as kept. */
    private double keptRatio(Chain next, int kept) {
        if (messageBytes <= 0 || bodyBytes < messageBytes) {
            return (double) kept / length;
        }
        long keptBytes = bodyBytes - messageBytes + (kept == 0 ? 0 : next.bytes(kept));
        return Math.min(1, (double) keptBytes / bodyBytes);
    }
}
