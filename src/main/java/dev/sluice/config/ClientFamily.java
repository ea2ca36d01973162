package dev.sluice.config;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Clients that bear the same, told apart by what they call themselves. What each was seen to do stands in docs/clients.md. */
public enum ClientFamily {
    CLAUDE_CODE("claude-cli/"),
    CODEX("codex"),
    OPENCODE("opencode/"),
    /** Vercel's SDK, in a program that does not say its own name first. */
    VERCEL_AI("ai/"),
    /** OpenAI's and Anthropic's SDKs for Node, and what is built on them. */
    NODE(null),
    /** The same for Python. */
    PYTHON(null),
    /** The same for Java and Kotlin. */
    JAVA(null),
    /** Everybody else. */
    OTHER(null);

    private static final ClientFamily[] ALL = values();

    private final @Nullable String agent;

    /** @param agent how the {@code User-Agent} of its requests begins; null if its language tells it */
    ClientFamily(@Nullable String agent) {
        this.agent = agent;
    }

    /** The name in the configuration. */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /**
     * Whose request it is.
     *
     * @param userAgent its {@code User-Agent}; null if it has none
     * @param language its {@code X-Stainless-Lang}, by which the SDKs of both APIs tell their language; null if it has none
     */
    public static ClientFamily of(@Nullable String userAgent, @Nullable String language) {
        for (ClientFamily family : ALL) {
            if (userAgent != null && family.agent != null && userAgent.startsWith(family.agent)) {
                return family;
            }
        }
        return switch (language == null ? "" : language) {
            case "js" -> NODE;
            case "python" -> PYTHON;
            case "java", "kotlin" -> JAVA;
            default -> OTHER;
        };
    }
}
