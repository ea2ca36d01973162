package dev.sluice.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sluice.control.EngineSample;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/** What a step will need, before anything was learned and after. */
final class FootprintsTest {

    private static final Offset<Double> EXACT = within(1e-6);

    private final SharedPrefixes shared = new SharedPrefixes();
    private final Footprints footprints = new Footprints(new Lifetimes(), shared);
    private final Agent agent = Arrivals.agent("a");

    @Test
    void aFirstPromptIsAQuarterOfItsBytesAndItsAnswerThePrior() {
        assertThat(estimate(agent, 8_000)).isEqualTo(new Footprints.Estimate(2_000, 0, 2_256));
    }

    @Test
    void aPromptIsATokenAtLeast() {
        assertThat(estimate(agent, 0)).isEqualTo(new Footprints.Estimate(1, 0, 257));
    }

    @Test
    void aKnownAgentsPromptIsItsLastOneAndTheBytesGained() {
        answered(4_000, 1_000, 1_100);
        assertThat(estimate(agent, 4_800)).isEqualTo(new Footprints.Estimate(1_200, 1_100, 1_456));
    }

    @Test
    void noMoreIsKnownThanThePromptHolds() {
        answered(4_000, 1_000, 1_100);
        assertThat(estimate(agent, 4_000)).isEqualTo(new Footprints.Estimate(1_000, 1_000, 1_256));
    }

    @Test
    void aBodyThatShrankIsAnotherPromptOfWhichOnlyTheSharedPartIsKnown() {
        answered(4_000, 1_000, 1_100);
        agent.sharedTokens = 300;
        assertThat(estimate(agent, 3_996)).isEqualTo(new Footprints.Estimate(999, 300, 999 - 300 + 256));
        assertThat(estimate(agent, 400)).isEqualTo(new Footprints.Estimate(100, 100, 100 - 300 + 256));
    }

    @Test
    void theClientsBoundOnTheAnswerCountsWhereItIsTheSmaller() {
        assertThat(footprint(100)).isEqualTo(2_100);
        assertThat(footprint(0)).isEqualTo(2_000);
        assertThat(footprint(-1)).isEqualTo(2_256);
        assertThat(footprint(1_000)).isEqualTo(2_256);
    }

    private double footprint(long maxOutputTokens) {
        return footprints
                .estimate(agent, Arrivals.arrival("a", 8_000, maxOutputTokens, true))
                .footprintTokens();
    }

    @Test
    void aFootprintIsATokenAtLeast() {
        agent.sharedTokens = 5_000;
        agent.steps = 1;
        assertThat(estimate(agent, 8_000).footprintTokens()).isEqualTo(1);
    }

    @Test
    void whatNewcomersFoundCachedIsLearnedAsCommonByAFifth() {
        assertThat(footprints.commonTokens()).isZero();
        firstAnswer(1_000);
        assertThat(footprints.commonTokens()).isEqualTo(200, EXACT);
        firstAnswer(1_000);
        assertThat(footprints.commonTokens()).isEqualTo(360, EXACT);
        firstAnswer(0);
        assertThat(footprints.commonTokens()).isEqualTo(288, EXACT);
    }

    @Test
    void aChildThatFindsAllThatItsParentHasSaidBeginsWithIt() {
        agent.contextTokens = 1_500;
        assertThat(beginsWithParent(1_500)).isTrue();
        // But for the block at the end.
        assertThat(beginsWithParent(1_436)).isTrue();
        assertThat(beginsWithParent(1_435)).isFalse();
        assertThat(beginsWithParent(Usage.UNKNOWN)).isFalse();
        agent.contextTokens = 0;
        assertThat(beginsWithParent(1_500)).isFalse();
    }

    private boolean beginsWithParent(long cachedTokens) {
        Arrival arrival = Arrivals.newcomer("child", 8_000);
        Agent child = new Agent(arrival, agent, 0);
        answer(child, arrival, new Usage(2_000, cachedTokens, 256, Finish.UNKNOWN));
        return child.beginsWithParent;
    }

    @Test
    void whatANewcomerFoundCachedIsItsShared() {
        assertThat(firstAnswer(700).sharedTokens).isEqualTo(700);
        assertThat(firstAnswer(0).sharedTokens).isZero();
    }

    /** The counters have told that newcomers share a fifth. */
    @Test
    void whatTheCountersToldGoesUntilAnAnswerTells() {
        shared.onSample(counted(0, 0));
        shared.onForward(Arrivals.step(
                Arrivals.agent("b"), Arrivals.newcomer("b", 0), new Footprints.Estimate(1_000, 0, 1_000), 0));
        shared.onSample(counted(5_000_000_000L, 200));
        Agent newcomer = Arrivals.agent(Arrivals.newcomer("c", 0), 0);

        assertThat(footprints.estimate(newcomer, Arrivals.newcomer("c", 8_000)))
                .isEqualTo(new Footprints.Estimate(2_000, 400, 2_000 - 400 + 256));
        assertThat(firstAnswer(Usage.UNKNOWN).sharedTokens).isEqualTo(400);
        assertThat(firstAnswer(100).sharedTokens).isEqualTo(100);
        footprints.estimate(newcomer, Arrivals.newcomer("c", 8_000));
        assertThat(newcomer.sharedTokens).isEqualTo(20);
    }

    private static EngineSample counted(long nowNanos, long tokens) {
        return new EngineSample(nowNanos, -1, "", 0, 0, 0, tokens, tokens, -1, -1, -1, -1, false, 1);
    }

    @Test
    void aFirstStepThatDoesNotTellWhatWasCachedTeachesNothingInCommon() {
        firstAnswer(1_000);
        assertThat(firstAnswer(Usage.UNKNOWN).sharedTokens).isEqualTo(200);
        assertThat(footprints.commonTokens()).isEqualTo(200, EXACT);
    }

    @Test
    void whatIsCachedOfAnAgentUnderWayIsItsOwn() {
        Agent midway = Arrivals.agent("b");
        answer(midway, Arrivals.started("b", 8_000), new Usage(2_000, 1_000, 256, Finish.UNKNOWN));
        assertThat(midway.sharedTokens).isZero();

        Agent second = Arrivals.agent(Arrivals.newcomer("c", 8_000), 0);
        second.steps = 1;
        answer(second, Arrivals.newcomer("c", 8_000), new Usage(2_000, 1_000, 256, Finish.UNKNOWN));
        assertThat(second.sharedTokens).isZero();
        assertThat(footprints.commonTokens()).isZero();
    }

    @Test
    void aNewcomerIsExpectedToShareWhatIsCommonButNoMoreThanItsPrompt() {
        firstAnswer(1_000);
        assertThat(estimateOfNewcomer(8_000)).isEqualTo(new Footprints.Estimate(2_000, 200, 2_000 - 200 + 256));
        assertThat(estimateOfNewcomer(800)).isEqualTo(new Footprints.Estimate(200, 200, 256));
        assertThat(estimateOfNewcomer(400)).isEqualTo(new Footprints.Estimate(100, 100, 256));
    }

    @Test
    void whatSubAgentsShareIsNotInCommonAndIsExpectedOfSubAgentsUpToHalfOfTheirPrompts() {
        Arrival arrival = Arrivals.newcomer("child", 8_000);
        Agent child = new Agent(arrival, agent, 0);
        answer(child, arrival, new Usage(2_000, 1_500, 256, Finish.UNKNOWN));
        assertThat(child.sharedTokens).isEqualTo(1_500);
        assertThat(footprints.commonTokens()).isZero();
        assertThat(estimateOfNewcomer(8_000).knownTokens()).isZero();
        Agent sibling = new Agent(arrival, agent, 0);
        assertThat(footprints.estimate(sibling, arrival).knownTokens()).isEqualTo(300);
        assertThat(footprints
                        .estimate(sibling, Arrivals.newcomer("child", 1_600))
                        .knownTokens())
                .isEqualTo(200);
    }

    private Footprints.Estimate estimateOfNewcomer(long bodyBytes) {
        Arrival arrival = Arrivals.newcomer("new", bodyBytes);
        return footprints.estimate(Arrivals.agent(arrival, 0), arrival);
    }

    @Test
    void anAgentUnderWaySharesWhatItWasFoundToShareAtItsFirstStep() {
        firstAnswer(1_000);
        agent.sharedTokens = 50;
        estimate(agent, 8_000);
        assertThat(agent.sharedTokens).isEqualTo(50);
        agent.steps = 1;
        footprints.estimate(agent, Arrivals.newcomer("a", 8_000));
        assertThat(agent.sharedTokens).isEqualTo(50);
    }

    @Test
    void tokensPerByteAreLearnedByATwentieth() {
        answer(agent, Arrivals.started("a", 8_000), new Usage(4_000, 0, 256, Finish.UNKNOWN));
        // 0.25 + 0.05 · (0.5 − 0.25)
        assertThat(estimate(Arrivals.agent("b"), 8_000).promptTokens()).isEqualTo(0.2625 * 8_000, EXACT);
    }

    @Test
    void aBodyOfUnknownSizeTeachesNothingOfTokensPerByte() {
        answer(agent, Arrivals.started("a", 0), new Usage(4_000, 0, 256, Finish.UNKNOWN));
        assertThat(estimate(Arrivals.agent("b"), 8_000).promptTokens()).isEqualTo(2_000);
    }

    @Test
    void thePriorOfTheAnswersWeighsAsMuchAsFour() {
        answerOf(756);
        assertThat(expectedAnswer()).isEqualTo(256 + (756 - 256) / 5.0, EXACT);
        answerOf(956);
        assertThat(expectedAnswer()).isEqualTo(356 + (956 - 356) / 6.0, EXACT);
    }

    @Test
    void theLengthOfAnswersIsFollowedByATwentiethAtLeast() {
        for (int answers = 0; answers < 40; answers++) {
            answerOf(256);
        }
        answerOf(1_256);
        assertThat(expectedAnswer()).isEqualTo(256 + 50, EXACT);
    }

    private void answerOf(long completionTokens) {
        Agent other = Arrivals.agent("other");
        answer(other, Arrivals.started("other", 8_000), new Usage(2_000, 0, completionTokens, Finish.UNKNOWN));
    }

    private double expectedAnswer() {
        return estimate(Arrivals.agent("b"), 8_000).footprintTokens() - 2_000;
    }

    @Test
    void beforeAnyGrowthWasSeenAnAgentGainsAQuarterOfItsSize() {
        assertThat(footprints.growthTokens(agent, 4_000)).isEqualTo(1_000);
    }

    @Test
    void anAgentsOwnGrowthIsFollowedByAFifth() {
        grows(agent, 1_000, 500);
        assertThat(agent.growthTokens).isEqualTo(250 + 0.2 * (500 - 250), EXACT);
        grows(agent, 1_500, 100);
        assertThat(agent.growthTokens).isEqualTo(300 + 0.2 * (100 - 300), EXACT);
        assertThat(footprints.growthTokens(agent, 9_000)).isEqualTo(260, EXACT);
    }

    @Test
    void anAgentThatWasSeenNotToGrowDoesNot() {
        agent.growthTokens = 0;
        assertThat(footprints.growthTokens(agent, 9_000)).isZero();
    }

    @Test
    void anotherAgentGrowsAsAllDidWithAPriorOfFour() {
        grows(agent, 1_000, 500);
        assertThat(footprints.growthTokens(Arrivals.agent("b"), 4_000)).isEqualTo(0.8 * 1_000 + 0.2 * 500, EXACT);
        grows(agent, 1_500, 100);
        // Both together have a mean of 300.
        assertThat(footprints.growthTokens(Arrivals.agent("b"), 6_000))
                .isEqualTo(4 / 6.0 * 1_500 + 2 / 6.0 * 300, EXACT);
    }

    @Test
    void theGrowthOfAllIsFollowedByATwentiethAtLeast() {
        for (int step = 0; step < 40; step++) {
            grows(Arrivals.agent("b"), 1_000, 500);
        }
        grows(Arrivals.agent("b"), 1_000, 1_500);
        assertThat(footprints.growthTokens(agent, 0)).isEqualTo(41 / 45.0 * (500 + 0.05 * 1_000), EXACT);
    }

    @Test
    void aContextThatDidNotGrowOrHadNoSizeBeforeTeachesNothingOfGrowth() {
        grows(agent, 1_000, 0);
        grows(agent, 1_000, -400);
        grows(agent, 0, 2_000);
        assertThat(agent.growthTokens).isNegative();
        assertThat(footprints.growthTokens(agent, 4_000)).isEqualTo(1_000);
    }

    @Test
    void anIdleAgentIsCountedWithItsOwnContextAndTheGrowthOfAStepThatMayNotCome() {
        agent.contextTokens = 10_000;
        agent.sharedTokens = 1_000;
        assertThat(footprints.residentTokens(agent)).isEqualTo(9_000 + 0.95 * 2_500, EXACT);
        agent.growthTokens = 400;
        assertThat(footprints.residentTokens(agent)).isEqualTo(9_000 + 0.95 * 400, EXACT);
    }

    @Test
    void anIdleAgentIsCountedWithATokenAtLeast() {
        agent.growthTokens = 0;
        assertThat(footprints.residentTokens(agent)).isEqualTo(1);
    }

    private Footprints.Estimate estimate(Agent of, long bodyBytes) {
        return footprints.estimate(of, Arrivals.started(of.id, bodyBytes));
    }

    private void answered(long bodyBytes, long promptTokens, long contextTokens) {
        agent.lastBodyBytes = bodyBytes;
        agent.lastPromptTokens = promptTokens;
        agent.contextTokens = contextTokens;
    }

    /** The first answer of a newcomer whose size is as expected, so that nothing but its cached tokens is news. */
    private Agent firstAnswer(long cachedTokens) {
        Arrival arrival = Arrivals.newcomer("first", 8_000);
        Agent first = Arrivals.agent(arrival, 0);
        answer(first, arrival, new Usage(2_000, cachedTokens, 256, Finish.UNKNOWN));
        return first;
    }

    private void grows(Agent grown, long contextBefore, long gained) {
        grown.contextTokens = contextBefore;
        answer(grown, Arrivals.started(grown.id, 0), new Usage(contextBefore + gained, 0, 0, Finish.UNKNOWN));
    }

    private void answer(Agent of, Arrival arrival, Usage usage) {
        Step step = Arrivals.step(of, arrival, footprints.estimate(of, arrival), 0);
        footprints.onAnswer(of, step, usage);
    }
}
