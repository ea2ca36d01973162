package dev.sluice.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.admission.Arrival;
import dev.sluice.agent.Attribution.Attributed;
import dev.sluice.agent.Attribution.How;
import dev.sluice.agent.Chain.Speaker;
import dev.sluice.agent.Fingerprint.Who;
import dev.sluice.config.IdentityConfig;
import org.junit.jupiter.api.Test;

/** Each rule with the trap that it is there for. A history is written as words: u… of the client, a… and b… of the model, the latter too short to tell anything. */
final class AttributionTest {

    private static final long TOOLS = 3;

    private final Attribution attribution = new Attribution(new IdentityConfig.Fingerprint(true, 1_000), 1);
    private Who who = Who.NOBODY;
    private long realm = 1;
    private long tools = TOOLS;
    private long system = 5;
    private long steps;

    @Test
    void whatGoesOnBehindAnEarlierRequestIsThatAgentsNextStep() {
        String agent = answered("u1");

        Attributed next = ask("u1 a1 u2");

        assertThat(next.how()).isEqualTo(How.EXTENDED);
        assertThat(next.arrival().agentId()).isEqualTo(agent).startsWith("f-");
        assertThat(next.arrival().source()).isEqualTo("fingerprint");
        assertThat(next.arrival().anonymous()).isFalse();
    }

    @Test
    void equalBeginningsAreDifferentAgents() {
        String one = answered("u1");
        assertThat(answered("u1")).isNotEqualTo(one);
        assertThat(answered("u3 a0 u4")).isNotEqualTo(answered("u3 a0 u4")); // examples in a template
        assertThat(answered("u5")).isNotEqualTo(answered("u6")); // nothing but the head in common
    }

    @Test
    void aCrowdWithOneBeginningIsToldApartByItsAnswers() {
        Attributed[] crowd = new Attributed[5];
        for (int i = 0; i < crowd.length; i++) {
            crowd[i] = ask("u1");
        }
        for (int i = 0; i < crowd.length; i++) {
            attribution.onAnswer(i + 1, new AnswerTrace(0, mark("a" + i)));
            attribution.onEnd(i + 1, true);
        }
        for (int i = crowd.length - 1; i >= 0; i--) {
            assertThat(ask("u1 a" + i + " u2").arrival().agentId())
                    .isEqualTo(crowd[i].arrival().agentId());
        }
    }

    @Test
    void whatWasNotAnsweredIsAskedAgainByTheSameAgent() {
        Attributed first = ask("u1");
        attribution.onEnd(steps, false);

        Attributed again = ask("u1");

        assertThat(again.how()).isEqualTo(How.RETRIED);
        assertThat(again.arrival().agentId()).isEqualTo(first.arrival().agentId());
    }

    @Test
    void aClientThatSaysSoAsksAgainWhileItsFirstTryStillRuns() {
        Attributed first = ask("u1");

        Attributed again = attribution.onArrival(++steps, claimed(), new Fingerprint(realm, who, chain("u1"), true));

        assertThat(again.how()).isEqualTo(How.RETRIED);
        assertThat(again.arrival().agentId()).isEqualTo(first.arrival().agentId());
    }

    @Test
    void theSameStepTwiceAtOnceIsAForkOfAGrownAgent() {
        String agent = answered("u1");
        ask("u1 a1 u2");

        Attributed second = ask("u1 a1 u2");

        assertThat(second.how()).isEqualTo(How.FORKED);
        assertThat(second.arrival().agentId()).isNotEqualTo(agent);
        assertThat(second.arrival().parentId()).isEqualTo(agent);
    }

    @Test
    void anEarlierAnswerGoneOnFromInAnotherWayIsAFork() {
        String agent = answered("u1");
        answered("u1 a1 u2");
        answered("u1 a1 u2 a2 u3");
        answered("u1 a1 u2 a2 u3 a3 u4");

        Attributed fork = ask("u1 a1 u2 a2 u9");

        assertThat(fork.how()).isEqualTo(How.FORKED);
        assertThat(fork.arrival().parentId()).isEqualTo(agent);
        assertThat(ask("u1 a1 u2 a2 u3 a3 u4 a4 u5").arrival().agentId()).isEqualTo(agent);
        attribution.onEnd(steps - 1, true);
        assertThat(ask("u1 a1 u2 a2 u9 a9 u10").arrival().agentId())
                .isEqualTo(fork.arrival().agentId());
    }

    @Test
    void aChangedLastExchangeIsTheSameAgentsAtRest() {
        String agent = answered("u1");
        answered("u1 a1 u2+reminder");

        Attributed next = ask("u1 a1 u2 a2 u3+reminder");

        assertThat(next.how()).isEqualTo(How.REWRITTEN);
        assertThat(next.arrival().agentId()).isEqualTo(agent);
    }

    @Test
    void anAnswerIsKnownAgainWhateverChangedBeforeIt() {
        Attributed first = ask("u1+reminder");
        attribution.onAnswer(steps, new AnswerTrace(0, mark("a1")));
        attribution.onEnd(steps, true);

        Attributed next = ask("u1 a1 u2+reminder");

        assertThat(next.how()).isEqualTo(How.REWRITTEN);
        assertThat(next.arrival().agentId()).isEqualTo(first.arrival().agentId());
    }

    @Test
    void shortAnswersInCommonProveNothing() {
        String agent = answered("u1");
        answered("u1 b1 u2");
        answered("u1 b1 u2 b2 u3");

        assertThat(ask("u9 b1 u7 b2 u8").arrival().agentId()).isNotEqualTo(agent);
    }

    @Test
    void aClockInTheSystemPromptDoesNotHideTheAgent() {
        String agent = answered("u1");
        system++;

        Attributed next = ask("u1 a1 u2");

        assertThat(next.how()).isEqualTo(How.REWRITTEN);
        assertThat(next.arrival().agentId()).isEqualTo(agent);
    }

    @Test
    void anotherHeadOverTheSameWordsIsAnotherAgent() {
        String agent = answered("u1");
        answered("u1 a1 u2");
        system++;
        tools = 0;

        Attributed reviewer = ask("u1 a1 u2 a2 u3");

        assertThat(reviewer.how()).isEqualTo(How.FORKED);
        assertThat(reviewer.arrival().agentId()).isNotEqualTo(agent);
    }

    @Test
    void aHistoryCutAtItsFrontIsTheSameAgents() {
        String agent = answered("u1");
        answered("u1 a1 u2");
        answered("u1 a1 u2 a2 u3");
        answered("u1 a1 u2 a2 u3 a3 u4");

        Attributed next = ask("u0:summary a2 u3 a3 u4 a4 u5");

        assertThat(next.how()).isEqualTo(How.REWRITTEN);
        assertThat(next.arrival().agentId()).isEqualTo(agent);
    }

    @Test
    void nothingInCommonButTheHeadIsANewAgent() {
        String agent = answered("u1");
        answered("u1 a1 u2");

        assertThat(ask("u0:summary").how()).isEqualTo(How.NEW);
        assertThat(ask("u7 a7 u8").arrival().agentId()).isNotEqualTo(agent);
    }

    @Test
    void realmsDoNotMix() {
        String agent = answered("u1");
        realm++;

        assertThat(ask("u1 a1 u2").arrival().agentId()).isNotEqualTo(agent);
    }

    @Test
    void underASessionsIdTheFirstConversationIsTheSessions() {
        who = Who.SESSION;
        assertThat(answered("u1")).isEqualTo("a-id");
        Attributed next = ask("u1 a1 u2");
        assertThat(next.arrival().agentId()).isEqualTo("a-id");
        assertThat(next.arrival().source()).isEqualTo("header:x-session-id");

        system++;
        tools = 0;
        Attributed title = ask("u1");

        assertThat(title.how()).isEqualTo(How.NEW);
        assertThat(title.arrival().agentId()).startsWith("f-");
        assertThat(title.arrival().parentId()).isEqualTo("a-id");
    }

    @Test
    void aTitleThatComesFirstGivesTheIdBack() {
        who = Who.SESSION;
        tools = 0;
        system++;
        assertThat(ask("u1").arrival().agentId()).isEqualTo("a-id");
        tools = TOOLS;
        system--;

        assertThat(answered("u1")).isEqualTo("a-id");
        assertThat(ask("u1 a1 u2").arrival().agentId()).isEqualTo("a-id");
    }

    @Test
    void aSessionThatBeginsAnewAtRestIsTheSameAgentAndBesideItselfAnother() {
        who = Who.SESSION;
        answered("u1");
        answered("u1 a1 u2");
        assertThat(ask("u0:summary").how()).isEqualTo(How.REWRITTEN);

        Attributed beside = ask("u9");

        assertThat(beside.arrival().agentId()).startsWith("f-");
        assertThat(beside.arrival().parentId()).isEqualTo("a-id");
    }

    @Test
    void aPersonsConversationsHaveNothingToDoWithEachOther() {
        who = Who.PERSON;
        answered("u1");

        Attributed other = ask("u2");

        assertThat(other.arrival().agentId()).startsWith("f-");
        assertThat(other.arrival().parentId()).isNull();
        assertThat(ask("u1 a1 u3").arrival().agentId()).isEqualTo("a-id");
    }

    @Test
    void anIdIsBelievedAloneWhereThereIsNothingElse() {
        Attributed found = attribution.onArrival(1, claimed(), Fingerprint.NONE);

        assertThat(found.how()).isNull();
        assertThat(found.arrival()).isEqualTo(claimed());
    }

    @Test
    void switchedOffItDoesNothing() {
        Attribution off = new Attribution(new IdentityConfig.Fingerprint(false, 1), 1);

        Attributed found = off.onArrival(1, claimed(), new Fingerprint(1, who, chain("u1"), false));

        assertThat(found.arrival()).isEqualTo(claimed());
    }

    @Test
    void theServersIdOfAnAnswerLeadsBackToItsAgent() {
        Attributed first = ask("u1");
        attribution.onAnswer(steps, new AnswerTrace(77, 0));
        attribution.onEnd(steps, true);

        Attributed next = kept(new Chain.Builder().answered(77));
        assertThat(next.how()).isEqualTo(How.EXTENDED);
        assertThat(next.arrival().agentId()).isEqualTo(first.arrival().agentId());

        Attributed beside = kept(new Chain.Builder().answered(77));
        assertThat(beside.how()).isEqualTo(How.FORKED);
        assertThat(kept(new Chain.Builder().answered(78)).how()).isEqualTo(How.NEW);
    }

    @Test
    void aConversationThatTheServerKeepsIsKnownByItsName() {
        Attributed first = kept(new Chain.Builder().named(9));
        attribution.onAnswer(steps, new AnswerTrace(77, 0));
        attribution.onEnd(steps, true);

        assertThat(kept(new Chain.Builder().named(9)).arrival().agentId())
                .isEqualTo(first.arrival().agentId());
    }

    @Test
    void aPromptWithoutMessagesGoesOnBehindItsPieces() {
        String agent =
                attribution.onArrival(++steps, claimed(), pieces(6)).arrival().agentId();
        attribution.onEnd(steps, true);

        Attributed next = attribution.onArrival(++steps, claimed(), pieces(9));

        assertThat(next.how()).isEqualTo(How.EXTENDED);
        assertThat(next.arrival().agentId()).isEqualTo(agent);
    }

    @Test
    void aTemplateWithoutMessagesIsNoHistory() {
        for (int i = 0; i < 2; i++) {
            attribution.onArrival(++steps, claimed(), pieces(6));
            attribution.onEnd(steps, true);
        }

        assertThat(attribution.onArrival(++steps, claimed(), pieces(7)).how()).isEqualTo(How.NEW);
        assertThat(attribution.onArrival(++steps, claimed(), pieces(2)).how()).isEqualTo(How.NEW);
        assertThat(attribution.onArrival(++steps, claimed(), pieces(3)).how()).isEqualTo(How.NEW);
    }

    @Test
    void aShortQuestionWithoutToolsMayBeAllThatComes() {
        assertThat(ask("u1").arrival().question()).isFalse();
        tools = 0;
        assertThat(ask("u2").arrival().question()).isTrue();
    }

    @Test
    void theTableIsBoundedAndForgetsTheLongestUntouched() {
        String first = answered("u1");
        for (int i = 2; i <= 1_000; i++) {
            answered("u" + i);
        }
        assertThat(answered("u1 a1 u0")).isEqualTo(first);
        answered("u2000");

        assertThat(attribution.size()).isEqualTo(1_000);
        assertThat(attribution.evictions()).isEqualTo(1);
        assertThat(ask("u2 a2 u3").how()).isEqualTo(How.NEW);
        assertThat(ask("u1 a1 u0 a0 u1").arrival().agentId()).isEqualTo(first);
    }

    @Test
    void aForgottenConversationLeavesNoKeyBehind() {
        Attribution small = new Attribution(new IdentityConfig.Fingerprint(true, 1), 1);
        for (int i = 0; i < 600; i++) {
            small.onArrival(i, claimed(), new Fingerprint(1, who, chain("u1"), false));
            small.onAnswer(i, new AnswerTrace(i + 1, 0));
            small.onEnd(i, true);
        }
        assertThat(small.size()).isEqualTo(1);
        assertThat(small.evictions()).isEqualTo(599);
        assertThat(small.onArrival(700, claimed(), new Fingerprint(1, who, chain("u1 a1 u2"), false))
                        .how())
                .isEqualTo(How.EXTENDED);
    }

    private String answered(String words) {
        Attributed found = ask(words);
        attribution.onEnd(steps, true);
        return found.arrival().agentId();
    }

    private Attributed ask(String words) {
        return attribution.onArrival(++steps, claimed(), new Fingerprint(realm, who, chain(words), false));
    }

    private Attributed kept(Chain.Builder chain) {
        chain.tools(tools).system(system).add(Speaker.CLIENT, ++steps, 0);
        return attribution.onArrival(steps, claimed(), new Fingerprint(realm, who, chain.build(), false));
    }

    private Fingerprint pieces(int count) {
        Chain.Builder chain = new Chain.Builder();
        for (int i = 0; i < count; i++) {
            chain.add(Speaker.UNKNOWN, i + 1, 0);
        }
        return new Fingerprint(realm, who, chain.build(), false);
    }

    private Arrival claimed() {
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

    private Chain chain(String words) {
        Chain.Builder chain = new Chain.Builder().model(1).tools(tools).system(system);
        for (String word : words.split(" ")) {
            boolean isClient = word.startsWith("u");
            long mark = word.startsWith("a") ? mark(word) : 0;
            chain.add(isClient ? Speaker.CLIENT : Speaker.MODEL, word.hashCode(), mark);
        }
        return chain.build();
    }

    private static long mark(String answer) {
        return AnswerTrace.mark(0, answer.hashCode() * 4L, true);
    }
}
