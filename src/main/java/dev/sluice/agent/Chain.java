package dev.sluice.agent;

import dev.sluice.admission.PrefixBreak.Cause;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What a prompt is made of, as hashes: its head (model, tools, system prompt) and its messages in order, each alone and
 * each together with all before it. Nothing of the text can be read from it. The hashes mean something within this process
 * only.
 *
 * <p>Where a prompt has no messages, pieces of a fixed size stand for them, spoken by {@link Speaker#UNKNOWN}.
 *
 * <p>Immutable and thread-safe.
 */
public final class Chain {

    /** Nothing is known. */
    public static final Chain NONE = new Builder().build();

    /** Whose words a message holds. */
    public enum Speaker {
        MODEL,
        CLIENT,
        UNKNOWN
    }

    /** Of more messages, the last and all behind it stand together as one: a body can hold millions. */
    static final int MOST_MESSAGES = 1 << 16;

    private static final long SPREAD = 0x9E3779B97F4A7C15L;

    private final Head head;
    private final long answered;
    private final long named;
    private final int length;
    private final Speaker[] speakers;
    private final long[] messages;
    private final long[] prefixes;
    private final long[] marks;
    private final int[] ends;

    /**
     * What stands before the messages, as hashes.
     *
     * @param tools as they are; 0 for none
     * @param toolSet in any order
     * @param system as it is
     * @param systemShape but for its digits; 0 if not known
     */
    record Head(long model, long tools, long toolSet, long system, long systemShape) {

        /** What differs first, in the order in which engines render it; null if nothing does. */
        @Nullable
        Cause changeSince(Head earlier) {
            if (model != earlier.model) {
                return Cause.MODEL;
            }
            if (tools != earlier.tools) {
                return toolSet != 0 && toolSet == earlier.toolSet ? Cause.TOOLS_ORDER : Cause.TOOLS;
            }
            if (system != earlier.system) {
                boolean isAlike = systemShape != 0 && systemShape == earlier.systemShape;
                return isAlike ? Cause.SYSTEM_NUMBERS : Cause.SYSTEM;
            }
            return null;
        }
    }

    private Chain(Builder from) {
        head = new Head(from.model, from.tools, from.toolSet, from.system, from.systemShape);
        answered = from.answered;
        named = from.named;
        length = from.length;
        speakers = Arrays.copyOf(from.speakers, length);
        messages = Arrays.copyOf(from.messages, length);
        marks = Arrays.copyOf(from.marks, length);
        ends = Arrays.copyOf(from.ends, length);
        prefixes = new long[length];
        long prefix = 0;
        for (int i = 0; i < length; i++) {
            prefix = join(prefix, messages[i]);
            prefixes[i] = prefix;
        }
    }

    /** One hash of two in their order (the finalizer of SplitMix64 over a sum that is not symmetric). */
    public static long join(long left, long right) {
        long mixed = left * SPREAD + Long.rotateLeft(right, 23) + SPREAD;
        mixed = (mixed ^ (mixed >>> 30)) * 0xBF58476D1CE4E5B9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
        return mixed ^ (mixed >>> 31);
    }

    /** Whether there is nothing by which to know the conversation again. */
    public boolean isEmpty() {
        return length == 0 && answered == 0 && named == 0;
    }

    /** Number of messages. */
    public int length() {
        return length;
    }

    boolean hasTools() {
        return head.tools != 0;
    }

    boolean hasRoles() {
        return length == 0 || speakers[0] != Speaker.UNKNOWN;
    }

    /** Of the answer that the server keeps and this prompt goes on behind; 0 if it holds all that was said. */
    long answered() {
        return answered;
    }

    /** Of the name of the conversation that the server keeps; 0 if there is none. */
    long named() {
        return named;
    }

    Head head() {
        return head;
    }

    /** Size of the first so many messages, at least one; 0 if not known. */
    long bytes(int count) {
        return ends[count - 1];
    }

    /** Hash of the first so many messages, at least one. */
    long prefix(int count) {
        return prefixes[count - 1];
    }

    Speaker speaker(int message) {
        return speakers[message];
    }

    long message(int message) {
        return messages[message];
    }

    /** {@link AnswerTrace#mark} of the answer that begins with a message, which may be several; 0 for none. */
    long mark(int message) {
        long mark = 0;
        for (int i = message; i < length && speakers[i] == Speaker.MODEL; i++) {
            if (AnswerTrace.isOfCall(marks[i])) {
                return marks[i];
            }
            mark = mark == 0 ? marks[i] : mark;
        }
        return mark;
    }

    /** Whether a message is an answer that is hardly anybody else's. */
    boolean isTelling(int message) {
        return speakers[message] == Speaker.MODEL && AnswerTrace.isTelling(marks[message]);
    }

    /** Whether a message is an answer with a tool call. */
    boolean isCall(int message) {
        return speakers[message] == Speaker.MODEL && AnswerTrace.isOfCall(marks[message]);
    }

    /** {@link #mark} of the last answer in it; 0 for none. */
    long lastMark() {
        int from = lastAnswer();
        while (from > 0 && speakers[from - 1] == Speaker.MODEL) {
            from--;
        }
        return from == length ? 0 : mark(from);
    }

    /** How many messages there are up to the last one of the model and with it. */
    int lastAnswer() {
        int count = length;
        while (count > 0 && speakers[count - 1] != Speaker.MODEL) {
            count--;
        }
        return count;
    }

    /** Makes chains. Confined to its owner. */
    public static final class Builder {

        private long model;
        private long tools;
        private long toolSet;
        private long system;
        private long systemShape;
        private long answered;
        private long named;
        private int length;
        private Speaker[] speakers = new Speaker[16];
        private long[] messages = new long[16];
        private long[] marks = new long[16];
        private int[] ends = new int[16];

        public Builder model(long hash) {
            model = hash;
            return this;
        }

        public Builder tools(long hash) {
            tools = hash;
            return this;
        }

        /** The same in any order. */
        public Builder toolSet(long hash) {
            toolSet = hash;
            return this;
        }

        /** The system prompt but for its digits. */
        public Builder systemShape(long hash) {
            systemShape = hash;
            return this;
        }

        public Builder system(long hash) {
            system = hash;
            return this;
        }

        /** The prompt goes on behind an answer that the server keeps, by the hash of its id; 0 for none. */
        public Builder answered(long hash) {
            answered = hash;
            return this;
        }

        /** The prompt belongs to a conversation that the server keeps, by the hash of its name; 0 for none. */
        public Builder named(long hash) {
            named = hash;
            return this;
        }

        /** Takes all messages back. */
        public Builder clear() {
            length = 0;
            return this;
        }

        /**
         * The next message.
         *
         * @param mark of an answer, as in {@link AnswerTrace#mark}; 0 for none
         */
        public Builder add(Speaker speaker, long hash, long mark) {
            return add(speaker, hash, mark, 0);
        }

        /**
         * The next message.
         *
         * @param mark of an answer, as in {@link AnswerTrace#mark}; 0 for none
         * @param bytes its size in the body; 0 if not known
         */
        public Builder add(Speaker speaker, long hash, long mark, int bytes) {
            if (length == MOST_MESSAGES) {
                messages[length - 1] = join(messages[length - 1], hash);
                ends[length - 1] += bytes;
                return this;
            }
            if (length == messages.length) {
                speakers = Arrays.copyOf(speakers, 2 * length);
                messages = Arrays.copyOf(messages, 2 * length);
                marks = Arrays.copyOf(marks, 2 * length);
                ends = Arrays.copyOf(ends, 2 * length);
            }
            speakers[length] = speaker;
            messages[length] = hash;
            ends[length] = bytes + (length == 0 ? 0 : ends[length - 1]);
            marks[length++] = mark;
            return this;
        }

        public Chain build() {
            return new Chain(this);
        }
    }
}
