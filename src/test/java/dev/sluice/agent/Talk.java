package dev.sluice.agent;

import dev.sluice.admission.Arrival;
import dev.sluice.agent.Attribution.Attributed;
import dev.sluice.agent.Chain.Speaker;
import dev.sluice.agent.Fingerprint.Who;
import dev.sluice.config.IdentityConfig;

/**
 * Requests to an attribution. A history is written as words: u… of the client, a… and b… of the model, the latter too short to tell
 * anything.
 */
final class Talk {

    static final long TOOLS = 3;

    final Attribution attribution = new Attribution(new IdentityConfig.Fingerprint(true, 1_000), 1);
    Who who = Who.NOBODY;
    long realm = 1;
    long tools = TOOLS;
    long system = 5;
    long steps;

    String answered(String words) {
        Attributed found = ask(words);
        attribution.onEnd(steps, true);
        return found.arrival().agentId();
    }

    Attributed ask(String words) {
        return attribution.onArrival(++steps, claimed(), new Fingerprint(realm, who, chain(words), false));
    }

    Attributed kept(Chain.Builder chain) {
        chain.tools(tools).system(system).add(Speaker.CLIENT, ++steps, 0);
        return attribution.onArrival(steps, claimed(), new Fingerprint(realm, who, chain.build(), false));
    }

    Fingerprint pieces(int count) {
        Chain.Builder chain = new Chain.Builder();
        for (int i = 0; i < count; i++) {
            chain.add(Speaker.UNKNOWN, i + 1, 0);
        }
        return new Fingerprint(realm, who, chain.build(), false);
    }

    Arrival claimed() {
        boolean anonymous = who == Who.NOBODY;
        return new Arrival(
                anonymous ? "s-1" : "a-id",
                anonymous ? "none" : "header:x-session-id",
                "default",
                null,
                anonymous,
                false,
                100,
                -1);
    }

    Chain chain(String words) {
        Chain.Builder chain = new Chain.Builder().model(1).tools(tools).system(system);
        for (String word : words.split(" ")) {
            boolean isClient = word.startsWith("u");
            long mark = word.startsWith("a") ? mark(word) : 0;
            chain.add(isClient ? Speaker.CLIENT : Speaker.MODEL, word.hashCode(), mark);
        }
        return chain.build();
    }

    static long mark(String answer) {
        return AnswerTrace.mark(0, answer.hashCode() * 4L, true);
    }
}
