package dev.sluice.agent;

import org.jspecify.annotations.Nullable;

/**
 * Whose step a request is.
 *
 * @param agentId opaque: nothing of what the client sent can be read from it. The same for the same agent in every
 *     process
 * @param source the rule that matched, {@code header:x-session-id}, or {@code none}
 * @param tenant whose agent it is
 * @param parentId the agent that waits for this one, by the id that its own requests have; null if not told
 * @param anonymous whether no rule matched: the id is this one request's
 */
public record Identity(
        String agentId,
        String source,
        String tenant,
        @Nullable String parentId,
        boolean anonymous) {}
