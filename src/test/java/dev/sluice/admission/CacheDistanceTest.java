package dev.sluice.admission;

import static dev.sluice.admission.GateBench.SECOND;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.config.AgentsConfig;
import dev.sluice.config.PoolConfig;
import dev.sluice.config.TenantsConfig;
import dev.sluice.control.PoolSize;
import org.junit.jupiter.api.Test;

/** Stack distances between their two bounds, and what is told to the measure of the pool. */
final class CacheDistanceTest {

    private final TenantShares shares = new TenantShares(() -> TenantsConfig.DEFAULT);
    private final Occupancy occupancy = new Occupancy(new WaitQueue(shares), shares, Worth.EQUAL);
    private final AgentTable agents = new AgentTable(() -> AgentsConfig.DEFAULT);
    private final Footprints footprints = new Footprints(new Lifetimes(), new SharedPrefixes());
    private final PoolSize pool = new PoolSize(new PoolConfig(100_000));
    private final CacheStack stack = new CacheStack(agents, footprints, occupancy, pool);

    private final Agent agent = Arrivals.agent("a");

    CacheDistanceTest() {
        agent.contextTokens = 10_000;
        agent.lastEndNanos = 10 * SECOND;
    }

    @Test
    void whatOthersUsedSinceTheAgentsAnswerLiesAboveIt() {
        ended("before", 300, 5);
        agentEnds();
        ended("after", 40, 20);
        assertDistance(forward(100), 40, 40);
    }

    @Test
    void whatIsSharedIsNotCountedWithEachThatSharesIt() {
        Agent other = Arrivals.agent("after");
        other.contextTokens = 400;
        other.sharedTokens = 150;
        stack.onIdle(other, 20 * SECOND);
        assertDistance(forward(100), 250, 250);
    }

    @Test
    void whatWasUsedWithinASecondOfItsAnswerMayLieAboveOrBelow() {
        ended("just after", 7, 10.5);
        ended("at the edge", 30, 11);
        ended("beyond", 100, 11.5);
        assertDistance(forward(100), 100, 137);
    }

    @Test
    void whatWasUsedJustBeforeMayLieAbove() {
        ended("at the edge", 30, 9);
        ended("just before", 5, 9.5);
        agentEnds();
        assertDistance(forward(100), 0, 5);
    }

    @Test
    void runningAgentsLieAboveSaveThatThoseOfTheLastSecondMayNot() {
        run("early", 300, 50);
        run("late", 40, 99.5);
        assertDistance(forward(100), 300, 340);
    }

    @Test
    void aSecondLaterTheyLieAboveForCertain() {
        run("early", 300, 50);
        run("late", 40, 99);
        assertDistance(forward(100), 340, 340);
    }

    @Test
    void severalOfTheLastSecondAreTakenTogether() {
        run("early", 300, 99.2);
        run("late", 40, 99.5);
        assertDistance(forward(100), 0, 340);
        Agent other = ended("other", 1_000, 100.1);
        // By then the first of them is certain, and the agent that went at 100 is not.
        occupancy.run(agent, 10_000, 100 * SECOND);
        assertDistance(forward(other, 100.3), 300, 10_340);
    }

    @Test
    void whatHasGoneAndEndedWithinASecondLeavesNoDebt() {
        run("early", 300, 99.5);
        Agent gone = run("gone", 40, 99.6);
        occupancy.stop(gone, 100 * SECOND);
        assertDistance(forward(100), 0, 300);
    }

    @Test
    void whatAllHaveInCommonLiesAboveToo() {
        Agent first = Arrivals.agent(Arrivals.newcomer("first", 0), 0);
        Step step = Arrivals.step(first, Arrivals.newcomer("first", 0), new Footprints.Estimate(1, 0, 1), 0);
        footprints.onAnswer(first, step, new Usage(2_000, 1_000, 0, Finish.UNKNOWN));
        assertDistance(forward(100), 200, 200);
    }

    @Test
    void theForgottenLieNowhere() {
        stack.onForgotten(ended("forgotten", 40, 20));
        assertDistance(forward(100), 0, 0);
    }

    @Test
    void whereThereIsNoContextThereIsNoDistance() {
        assertDistance(forward(Arrivals.agent("new"), 100), -1, -1);
    }

    @Test
    void whereAChildMayHaveUsedItMeanwhileThereIsNoDistance() {
        forward(child(), 9);
        assertDistance(forward(100), -1, -1);
    }

    @Test
    void nowhereWhereAnAnswerOfAChildCameMeanwhile() {
        Step step = forward(child(), 1);
        stack.onAnswer(step, new Usage(10_000, 0, 10, Finish.UNKNOWN), 50 * SECOND);
        assertDistance(forward(100), -1, -1);
    }

    @Test
    void childrenThatUsedItBeforeItsLastAnswerDoNotMatter() {
        forward(child(), 8.9);
        assertDistance(forward(100), 0, 0);
    }

    @Test
    void aPrefixFoundWholeProvesTheLowerBoundAndItsOwnTokens() {
        answer(step(130_000, 500_000), 10_000, 10_000);
        // Half-way from 100,000 to 140,000.
        assertThat(pool.tokens()).isEqualTo(120_000);
        assertThat(agent.foundWhole).isTrue();
    }

    @Test
    void aPrefixFoundInPartProvesTheUpperBoundAndWhatWasFound() {
        agent.foundWhole = true;
        answer(step(0, 3_000), 10_000, 2_000);
        // A fifth of the way from 100,000 to 5,000.
        assertThat(pool.tokens()).isEqualTo(81_000);
        assertThat(agent.foundWhole).isFalse();
    }

    @Test
    void nothingFoundRightUnderWhatIsCertainIsALossToo() {
        agent.foundWhole = true;
        answer(step(0, 0), 10_000, 0);
        assertThat(pool.tokens()).isEqualTo(80_000);
    }

    @Test
    void whoDidNotFindItsPrefixTheLastTimeProvesNothingByALoss() {
        answer(step(0, 3_000), 10_000, 2_000);
        assertThat(pool.tokens()).isEqualTo(100_000);
    }

    @Test
    void sharedTokensAreNeitherItsOwnNorFound() {
        agent.sharedTokens = 4_000;
        agent.foundWhole = true;
        answer(step(0, 0), 10_000, 5_000);
        // 1,000 of its own 6,000 were found.
        assertThat(pool.tokens()).isEqualTo(80_200);
        agent.foundWhole = true;
        answer(step(180_200, 500_000), 10_000, 10_000);
        // Half-way to 186,200: where the shared ones counted, it would be to 190,200.
        assertThat(pool.tokens()).isEqualTo((80_200 + 186_200) / 2);
    }

    @Test
    void anAnswerThatTellsTooLittleProvesNothing() {
        agent.foundWhole = true;
        answer(step(0, -1), 10_000, 0);
        answer(step(0, 0), 10_000, Usage.UNKNOWN);
        // Its history was cut: the prompt is shorter than the context.
        answer(step(0, 0), 9_999, 0);
        agent.sharedTokens = 10_000;
        answer(step(500_000, 500_000), 10_000, 10_000);
        assertThat(pool.tokens()).isEqualTo(100_000);
        assertThat(agent.foundWhole).isTrue();
    }

    @Test
    void afterARestartNobodyIsKnownToFindItsPrefix() {
        agents.touch(agent);
        agent.foundWhole = true;
        stack.onRestart();
        assertThat(agent.foundWhole).isFalse();
    }

    @Test
    void whatAChildBeginsWithIsUsedWithIt() {
        Agent parent = ended("parent", 300, 5);
        Agent child = new Agent(Arrivals.started("child", 0), parent, 0);
        agentEnds();
        forward(child, 20);
        assertDistance(forward(100), 0, 0);
        agentEnds();
        child.beginsWithParent = true;
        forward(child, 20);
        assertDistance(forward(100), 300, 300);
    }

    @Test
    void whatAParentAtWorkHasSaidIsNotIdle() {
        Agent parent = Arrivals.agent("parent");
        parent.contextTokens = 300;
        Agent child = new Agent(Arrivals.started("child", 0), parent, 0);
        child.beginsWithParent = true;
        forward(child, 20);
        assertDistance(forward(100), 0, 0);
    }

    private Step step(double leastDistance, double mostDistance) {
        Step step = Arrivals.step(agent, 10_000);
        step.leastDistanceTokens = leastDistance;
        step.mostDistanceTokens = mostDistance;
        return step;
    }

    private void answer(Step step, long promptTokens, long cachedTokens) {
        stack.onAnswer(step, new Usage(promptTokens, cachedTokens, 10, Finish.UNKNOWN), 0);
    }

    private void agentEnds() {
        stack.onIdle(agent, agent.lastEndNanos);
    }

    private Agent ended(String id, long contextTokens, double second) {
        Agent ended = Arrivals.agent(id);
        ended.contextTokens = contextTokens;
        ended.lastEndNanos = (long) (second * SECOND);
        stack.onIdle(ended, ended.lastEndNanos);
        return ended;
    }

    private Agent child() {
        return new Agent(Arrivals.started("child", 0), agent, 0);
    }

    private Agent run(String id, double tokens, double second) {
        Agent running = Arrivals.agent(id);
        stack.onForward(Arrivals.step(running, tokens), (long) (second * SECOND));
        occupancy.run(running, tokens, (long) (second * SECOND));
        return running;
    }

    private Step forward(double second) {
        return forward(agent, second);
    }

    private Step forward(Agent of, double second) {
        Step step = Arrivals.step(of, 10_000);
        stack.onForward(step, (long) (second * SECOND));
        return step;
    }

    private static void assertDistance(Step step, double least, double most) {
        assertThat(step.leastDistanceTokens).isEqualTo(least);
        assertThat(step.mostDistanceTokens).isEqualTo(most);
    }
}
