package dev.sluice.simulate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Chats beside agents, against the same chats and the same agents alone. Run by {@code mvn -Plong test}. */
@Tag("long")
final class ChatBesideAgentsTest {

    private static final Workload BOTH = Workload.named("tenants-and-chat");
    private static final int SEEDS = 5;

    @Test
    void chatsWaitForOnePromptAtMostAndAgentsPayLittleMoreThanWhatTheChatsTake() {
        List<Outcome> alone = run("off", script -> script.kind() == AgentScript.Kind.CHAT);
        List<Outcome> agents = run("working-set", script -> script.kind() == AgentScript.Kind.AGENT);
        List<Outcome> together = run("working-set", script -> true);
        List<Outcome> uncontrolled = run("off", script -> true);

        double chat = mean(together, ChatBesideAgentsTest::chatP99);
        double cost = mean(together, Outcome::makespanSeconds) / mean(agents, Outcome::makespanSeconds) - 1;
        System.out.printf(
                "Chats' TTFT p99: alone %.2f s, beside agents %.2f s (median %.3f s), without control %.0f s; the agents end %.1f %% later%n",
                mean(alone, ChatBesideAgentsTest::chatP99),
                chat,
                mean(together, outcome -> outcome.chatTtftSeconds().quantile(0.5)),
                mean(uncontrolled, ChatBesideAgentsTest::chatP99),
                100 * cost);
        assertThat(chat).isLessThan(4);
        assertThat(cost).isLessThan(0.12);
    }

    private static List<Outcome> run(String law, Predicate<AgentScript> which) {
        List<Outcome> outcomes = new ArrayList<>();
        for (long seed = 1; seed <= SEEDS; seed++) {
            List<AgentScript> scripts =
                    BOTH.scripts().apply(seed).stream().filter(which).toList();
            outcomes.add(Contender.named(law)
                    .simulation(BOTH.engine(), Conditions.GOOD)
                    .run(scripts));
        }
        return outcomes;
    }

    private static double chatP99(Outcome outcome) {
        return outcome.chatTtftSeconds().quantile(0.99);
    }

    private static double mean(List<Outcome> outcomes, ToDoubleFunction<Outcome> figure) {
        return outcomes.stream().mapToDouble(figure).average().orElseThrow();
    }
}
