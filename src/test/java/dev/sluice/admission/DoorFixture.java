package dev.sluice.admission;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.config.AgentsConfig;
import dev.sluice.config.LawConfig;
import dev.sluice.config.PoolConfig;
import dev.sluice.control.Law;
import dev.sluice.control.PoolSize;
import dev.sluice.control.WorkingSetLaw;
import java.time.Duration;

/** A door, and the agents that it counts. The budgets are the whole pool, and time stands at zero. */
abstract class DoorFixture {

    static final long POOL = 100_000;
    static final long SECOND = GateBench.SECOND;

    final Learning learned = new Learning();
    final AgentTable agents = new AgentTable(() -> AgentsConfig.DEFAULT);
    Door door = door(POOL, 0);

    /** A door that looks so many steps ahead. */
    Door door(long poolTokens, int growthSteps) {
        LawConfig.WorkingSet config =
                new LawConfig.WorkingSet(1, 1, growthSteps, Duration.ofMinutes(3), Duration.ofSeconds(1));
        LawConfig law =
                new LawConfig(LawConfig.Name.WORKING_SET, config, LawConfig.Concur.DEFAULT, LawConfig.Static.DEFAULT);
        PoolSize pool = new PoolSize(new PoolConfig(poolTokens));
        return new Door((WorkingSetLaw) Law.of(law, pool), learned, agents);
    }

    /** Of its pauses, nine are known not to have ended. */
    PauseModel nineAreGone(Agent agent) {
        PauseModel model = learned.pauses.of(agent);
        for (int other = 0; other < 9; other++) {
            model.onGone(60);
        }
        model.refresh();
        return model;
    }

    static Arrival anonymousArrival() {
        return new Arrival("anonymous", "none", "default", null, true, false, 0, -1);
    }

    /** It does not grow, for it lives for one step. */
    static Step newcomer(double tokens) {
        Arrival arrival = anonymousArrival();
        return Arrivals.step(new Agent(arrival, null, 0), arrival, new Footprints.Estimate(tokens, 0, tokens), 0);
    }

    /** An agent with a step under way, which has been answered before. */
    Agent underWay(String id, long contextTokens) {
        Agent agent = silent(id, contextTokens, Finish.TOOL_CALL);
        agent.step = Arrivals.step(agent, 0);
        return agent;
    }

    /** The same whose last answer ended a turn that it called tools in. */
    Agent between(String id, long contextTokens) {
        Agent agent = underWay(id, contextTokens);
        agent.lastFinish = Finish.END_OF_TURN;
        agent.callsTools = true;
        return agent;
    }

    Agent silent(String id, long contextTokens, Finish finish) {
        Agent agent = Arrivals.agent(id);
        agent.steps = 1;
        agent.contextTokens = contextTokens;
        agent.lastFinish = finish;
        agents.touch(agent);
        return agent;
    }

    void assertThatDemandIs(double expected) {
        assertThatDemandIs(expected, POOL);
    }

    /** A newcomer of a quarter of the budget gets in just as long as others leave it that. */
    void assertThatDemandIs(double expected, double budgetTokens) {
        double budget = Math.floor(budgetTokens);
        door.onEntered(newcomer(0.75 * budget - expected));
        assertThat(door.hasRoomFor(newcomer(0.25 * budget - 0.01))).isTrue();
        assertThat(door.hasRoomFor(newcomer(0.25 * budget + 0.01))).isFalse();
    }
}
