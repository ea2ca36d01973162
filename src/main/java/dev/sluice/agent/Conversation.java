package dev.sluice.agent;

import org.jspecify.annotations.Nullable;

/**
 * One conversation, as its last request told it. All hashes in it are joined with its realm. Confined to the gate loop; the
 * keys and links are {@link ConversationTable}'s.
 */
final class Conversation {

    static final int MOST_STEMS = 12;
    static final int MOST_ANSWERS = 4;

    /** The parts of a head: model, tools, system prompt. */
    private static final int HEAD_PARTS = 3;

    final long realm;
    String agentId;
    final String source;
    final @Nullable String parentId;

    /** Messages in its first request: what lies before that may be a template that others begin with, too. */
    int startLength;

    private Chain.Head head = new Chain.Head(0, 0, 0, 0, 0);

    /** For comparison with the next; null while there is nothing to compare. */
    @Nullable
    LastPrompt lastPrompt;

    /** Messages in its last request. */
    int length;

    /** Of all messages of the last request; 0 while it has none that may be found. */
    long tip;

    /** Of the last request up to the last answer in it; 0 if there is none that is its own. */
    long stem;

    /** Such stems of this step and of earlier ones, thinned out as they grow many. */
    final long[] stems = new long[MOST_STEMS];

    int stemCount;

    /** Of its last answers, each alone. */
    final long[] answers = new long[MOST_ANSWERS];

    int answerCount;

    /** Of the name under which the server keeps it or its last answer; 0 for none. */
    long kept;

    boolean named;

    /** {@link AnswerTrace#mark} of its last answer; 0 while that is not known. */
    long mark;

    /** Steps that wait or run. */
    int busy;

    /** Whether the last of its steps to end was answered as a whole. */
    boolean answered;

    /** Whether a request of it ever held an answer of its own. */
    boolean returned;

    /** Whether the table has let go of it; steps of it may still run. */
    boolean forgotten;

    /** The next one with the same tip. */
    @Nullable
    Conversation twin;

    @Nullable
    Conversation older;

    @Nullable
    Conversation younger;

    Conversation(long realm, String agentId, String source, @Nullable String parentId, Chain first) {
        this.realm = realm;
        this.agentId = agentId;
        this.source = source;
        this.parentId = parentId;
        this.startLength = first.length();
    }

    void takeHead(Chain chain) {
        head = chain.head();
    }

    boolean hasHeadOf(Chain chain) {
        return agreements(chain) == HEAD_PARTS;
    }

    /**
     * Whether the head is this conversation's, changed in one part at most: a clock in the system prompt, a tool that has
     * come or gone, another model. Side talks differ in two at least.
     */
    boolean isAkin(Chain chain) {
        return agreements(chain) >= HEAD_PARTS - 1;
    }

    private int agreements(Chain chain) {
        Chain.Head other = chain.head();
        return (head.model() == other.model() ? 1 : 0)
                + (head.tools() == other.tools() ? 1 : 0)
                + (head.system() == other.system() ? 1 : 0);
    }

    boolean isBusy() {
        return busy > 0;
    }

    /** Whether it has answers of its own in its history. */
    boolean hasGrown() {
        return length > startLength;
    }

    /** Whether it may be a title generator or the like, which came before the conversation that it belongs to. */
    boolean mayBeAside() {
        return head.tools() == 0 && !hasGrown();
    }
}
