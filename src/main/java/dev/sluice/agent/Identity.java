package dev.sluice.agent;

import dev.sluice.agent.Fingerprint.Who;
import org.jspecify.annotations.Nullable;

/**
 * Whose step a request is.
 *
 * @param agentId opaque: nothing of what the client sent can be read from it. The same for the same agent as long as the
 *     process lives, and in every process if it sends no credential
 * @param source the rule that matched, {@code header:x-session-id}, or {@code none}
 * @param tenant whose agent it is
 * @param parentId the agent that waits for this one, by the id that its own requests have; null if not told
 * @param anonymous whether no rule matched: the id is this one request's
 * @param who what the id stands for; null for our own, which is believed alone
 * @param realm hash of the circle within which the conversation is to be looked for
 */
public record Identity(
        String agentId,
        String source,
        String tenant,
        @Nullable String parentId,
        boolean anonymous,
        @Nullable Who who,
        long realm) {

    /** By what the conversation of a request that is known by this is known again. */
    public Fingerprint fingerprint(Chain chain, boolean repeated) {
        return who == null ? Fingerprint.NONE : new Fingerprint(realm, who, chain, repeated);
    }
}
