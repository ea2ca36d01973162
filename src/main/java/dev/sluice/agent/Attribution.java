package dev.sluice.agent;

import dev.sluice.admission.Arrival;
import dev.sluice.admission.Continuity;
import dev.sluice.agent.ConversationSearch.Match;
import dev.sluice.agent.Fingerprint.Who;
import dev.sluice.config.IdentityConfig;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Whose step a request is, by its id and its conversation together: the id says who, the conversation says which of the
 * agents that speak under it.
 *
 * <ul>
 *   <li>Without an id every conversation is an agent.
 *   <li>Under an id, the first conversation has the id's own agent. One that begins beside it is an agent of its own, a child
 *       of the id's where the id stands for one session. Where that session's conversation rests and one with its head
 *       begins anew, it has been compacted or cleared and stays the same agent.
 *   <li>Without a chain, and where our own header names the agent, the id is believed alone.
 * </ul>
 *
 * Pure: no clock, no chance but the seed that its ids are made with. Confined to the gate loop.
 */
public final class Attribution {

    /** The source of agents that are known by their conversation alone. */
    public static final String SOURCE = "fingerprint";

    /** How a step found its agent. */
    public enum How {
        /** Its prompt goes on behind that of the agent's last step. */
        EXTENDED,
        /** Its prompt is that of the agent's last step again. */
        RETRIED,
        /** The agent's, though the history or the head has changed on the way. */
        REWRITTEN,
        /** A new agent whose prompt begins as an earlier one's. */
        FORKED,
        /** A new agent. */
        NEW;

        /** The word in metrics and documentation. */
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * The answer.
     *
     * @param arrival the step with the agent that it was given
     * @param how null if there was nothing to go by but the id
     */
    public record Attributed(Arrival arrival, @Nullable How how) {}

    private final boolean enabled;
    private final ConversationTable table;
    private final ConversationSearch search;
    private final long seed;
    private final Map<Long, Conversation> underWay = new HashMap<>();
    private long serial;

    /**
     * Knows nobody yet.
     *
     * @param seed of the ids of agents that have none; another one in each process, so that ids do not come again
     */
    public Attribution(IdentityConfig.Fingerprint config, long seed) {
        this.enabled = config.enabled();
        this.table = new ConversationTable(config.maxConversations());
        this.search = new ConversationSearch(table);
        this.seed = seed;
    }

    /**
     * A step has arrived.
     *
     * @param stepId unique among the steps that have not ended; {@link #onEnd} must follow
     * @param claimed whose it is by its id alone
     */
    public Attributed onArrival(long stepId, Arrival claimed, Fingerprint print) {
        if (!enabled || print.chain().isEmpty()) {
            return new Attributed(claimed, null);
        }
        Match match = search.find(print);
        Conversation conversation = match.how() == How.FORKED ? null : match.conversation();
        How how = match.how();
        Conversation main = print.who() == Who.NOBODY ? null : table.main(print.realm());
        if (how == How.NEW && print.who() == Who.SESSION && main != null && isBegunAnew(main, print.chain())) {
            conversation = main;
            how = How.REWRITTEN;
        }
        Continuity continuity = Continuity.UNKNOWN;
        if (conversation == null) {
            Conversation displaced = displaced(print, main);
            conversation = begin(claimed, print, match.conversation(), displaced == null ? main : null);
            if (displaced != null) {
                displaced.agentId = newId(print);
                continuity = Continuity.displacing(displaced.agentId);
            }
        } else if (conversation.lastPrompt != null) {
            continuity = conversation.lastPrompt.to(print.chain());
        }
        conversation.lastPrompt = LastPrompt.of(print.chain(), claimed.bodyBytes());
        table.onRequest(conversation, print.chain());
        conversation.busy++;
        conversation.answered = false;
        underWay.put(stepId, conversation);
        Arrival arrival = arrival(claimed, conversation, print).with(continuity);
        return new Attributed(how == How.RETRIED ? arrival.asAgain() : arrival, how);
    }

    /** A title generator or the like that came first under a session's id, and now makes place for the session itself. */
    private static @Nullable Conversation displaced(Fingerprint print, @Nullable Conversation main) {
        boolean isIt = main != null
                && print.who() == Who.SESSION
                && main.mayBeAside()
                && print.chain().hasTools();
        return isIt ? main : null;
    }

    /** The session's conversation rests, and this one has its head but none of its words. */
    private static boolean isBegunAnew(Conversation main, Chain chain) {
        return !main.isBusy() && main.isAkin(chain);
    }

    private Conversation begin(
            Arrival claimed, Fingerprint print, @Nullable Conversation forkedFrom, @Nullable Conversation main) {
        Chain chain = print.chain();
        boolean isMain = print.who() != Who.NOBODY && main == null;
        Conversation begun;
        if (isMain) {
            begun = new Conversation(print.realm(), claimed.agentId(), claimed.source(), claimed.parentId(), chain);
        } else {
            String parent = claimed.parentId();
            if (forkedFrom != null) {
                parent = forkedFrom.agentId;
            } else if (print.who() == Who.SESSION) {
                parent = claimed.agentId();
            }
            begun = new Conversation(print.realm(), newId(print), SOURCE, parent, chain);
        }
        table.add(begun, isMain);
        return begun;
    }

    private String newId(Fingerprint print) {
        return "f-" + HexFormat.of().toHexDigits(Chain.join(Chain.join(seed, print.realm()), ++serial));
    }

    private static Arrival arrival(Arrival claimed, Conversation conversation, Fingerprint print) {
        boolean isQuestion = print.who() == Who.NOBODY
                && !claimed.started()
                && !print.chain().hasTools();
        return claimed.of(conversation.agentId, conversation.source, conversation.parentId, isQuestion);
    }

    /** What the answer of a step under way has left. */
    public void onAnswer(long stepId, AnswerTrace trace) {
        Conversation conversation = underWay.get(stepId);
        if (conversation != null) {
            table.onAnswer(conversation, trace);
        }
    }

    /**
     * A step is over, however it ended. Unknown ones are ignored.
     *
     * @param answered whether the client got the whole answer
     */
    public void onEnd(long stepId, boolean answered) {
        Conversation conversation = underWay.remove(stepId);
        if (conversation != null) {
            conversation.busy--;
            conversation.answered = answered;
        }
    }

    /** Conversations remembered. */
    public int size() {
        return table.size();
    }

    /** Conversations forgotten so far for want of a place. */
    public long evictions() {
        return table.evictions();
    }
}
