package dev.sluice.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.agent.Attribution.Attributed;
import dev.sluice.agent.Attribution.How;
import dev.sluice.config.IdentityConfig;
import org.junit.jupiter.api.Test;

/** Each rule with the trap that it is there for; see {@link Talk} for how a history is written. */
final class AttributionTest {

    private final Talk talk = new Talk();

    @Test
    void whatGoesOnBehindAnEarlierRequestIsThatAgentsNextStep() {
        String agent = talk.answered("u1");

        Attributed next = talk.ask("u1 a1 u2");

        assertThat(next.how()).isEqualTo(How.EXTENDED);
        assertThat(next.arrival().agentId()).isEqualTo(agent).startsWith("f-");
        assertThat(next.arrival().source()).isEqualTo("fingerprint");
        assertThat(next.arrival().anonymous()).isFalse();
    }

    @Test
    void equalBeginningsAreDifferentAgents() {
        String one = talk.answered("u1");
        assertThat(talk.answered("u1")).isNotEqualTo(one);
        assertThat(talk.answered("u3 a0 u4")).isNotEqualTo(talk.answered("u3 a0 u4")); // examples in a template
        assertThat(talk.answered("u5")).isNotEqualTo(talk.answered("u6")); // nothing but the head in common
    }

    @Test
    void aCrowdWithOneBeginningIsToldApartByItsAnswers() {
        Attributed[] crowd = new Attributed[5];
        for (int i = 0; i < crowd.length; i++) {
            crowd[i] = talk.ask("u1");
        }
        for (int i = 0; i < crowd.length; i++) {
            talk.attribution.onAnswer(i + 1, new AnswerTrace(0, Talk.mark("a" + i)));
            talk.attribution.onEnd(i + 1, true);
        }
        for (int i = crowd.length - 1; i >= 0; i--) {
            assertThat(talk.ask("u1 a" + i + " u2").arrival().agentId())
                    .isEqualTo(crowd[i].arrival().agentId());
        }
    }

    @Test
    void answersThatTheClientMadeUpItselfDoNotHideTheAgentsOwn() {
        Attributed first = talk.ask("u7 b7 u1-and-reminder");
        talk.attribution.onAnswer(talk.steps, new AnswerTrace(0, Talk.mark("a1")));
        talk.attribution.onEnd(talk.steps, true);

        Attributed next = talk.ask("u7 b7 u1 a1 u8 b8 u2-and-reminder");

        assertThat(next.how()).isEqualTo(How.REWRITTEN);
        assertThat(next.arrival().agentId()).isEqualTo(first.arrival().agentId());
        Attributed beside = talk.ask("u7 b7 u1 a1 u8 b8 u3-and-reminder"); // while that runs
        assertThat(beside.arrival().agentId()).isNotEqualTo(first.arrival().agentId());
    }

    @Test
    void whatWasNotAnsweredIsAskedAgainByTheSameAgent() {
        Attributed first = talk.ask("u1");
        talk.attribution.onEnd(talk.steps, false);

        Attributed again = talk.ask("u1");

        assertThat(again.how()).isEqualTo(How.RETRIED);
        assertThat(again.arrival().agentId()).isEqualTo(first.arrival().agentId());
    }

    @Test
    void aClientThatSaysSoAsksAgainWhileItsFirstTryStillRuns() {
        Attributed first = talk.ask("u1");

        Attributed again = talk.attribution.onArrival(
                ++talk.steps, talk.claimed(), new Fingerprint(talk.realm, talk.who, talk.chain("u1"), true));

        assertThat(again.how()).isEqualTo(How.RETRIED);
        assertThat(again.arrival().agentId()).isEqualTo(first.arrival().agentId());
    }

    @Test
    void theSameStepTwiceAtOnceIsAForkOfAGrownAgent() {
        String agent = talk.answered("u1");
        talk.ask("u1 a1 u2");

        Attributed second = talk.ask("u1 a1 u2");

        assertThat(second.how()).isEqualTo(How.FORKED);
        assertThat(second.arrival().agentId()).isNotEqualTo(agent);
        assertThat(second.arrival().parentId()).isEqualTo(agent);
    }

    @Test
    void anEarlierAnswerGoneOnFromInAnotherWayIsAFork() {
        String agent = talk.answered("u1");
        talk.answered("u1 a1 u2");
        talk.answered("u1 a1 u2 a2 u3");
        talk.answered("u1 a1 u2 a2 u3 a3 u4");

        Attributed fork = talk.ask("u1 a1 u2 a2 u9");

        assertThat(fork.how()).isEqualTo(How.FORKED);
        assertThat(fork.arrival().parentId()).isEqualTo(agent);
        assertThat(talk.ask("u1 a1 u2 a2 u3 a3 u4 a4 u5").arrival().agentId()).isEqualTo(agent);
        talk.attribution.onEnd(talk.steps - 1, true);
        assertThat(talk.ask("u1 a1 u2 a2 u9 a9 u10").arrival().agentId())
                .isEqualTo(fork.arrival().agentId());
    }

    @Test
    void aChangedLastExchangeIsTheSameAgentsAtRest() {
        String agent = talk.answered("u1");
        talk.answered("u1 a1 u2+reminder");

        Attributed next = talk.ask("u1 a1 u2 a2 u3+reminder");

        assertThat(next.how()).isEqualTo(How.REWRITTEN);
        assertThat(next.arrival().agentId()).isEqualTo(agent);
    }

    @Test
    void anAnswerIsKnownAgainWhateverChangedBeforeIt() {
        Attributed first = talk.ask("u1+reminder");
        talk.attribution.onAnswer(talk.steps, new AnswerTrace(0, Talk.mark("a1")));
        talk.attribution.onEnd(talk.steps, true);

        Attributed next = talk.ask("u1 a1 u2+reminder");

        assertThat(next.how()).isEqualTo(How.REWRITTEN);
        assertThat(next.arrival().agentId()).isEqualTo(first.arrival().agentId());
    }

    @Test
    void shortAnswersInCommonProveNothing() {
        String agent = talk.answered("u1");
        talk.answered("u1 b1 u2");
        talk.answered("u1 b1 u2 b2 u3");

        assertThat(talk.ask("u9 b1 u7 b2 u8").arrival().agentId()).isNotEqualTo(agent);
    }

    @Test
    void aClockInTheSystemPromptDoesNotHideTheAgent() {
        String agent = talk.answered("u1");
        talk.system++;

        Attributed next = talk.ask("u1 a1 u2");

        assertThat(next.how()).isEqualTo(How.REWRITTEN);
        assertThat(next.arrival().agentId()).isEqualTo(agent);
    }

    @Test
    void anotherHeadOverTheSameWordsIsAnotherAgent() {
        String agent = talk.answered("u1");
        talk.answered("u1 a1 u2");
        talk.system++;
        talk.tools = 0;

        Attributed reviewer = talk.ask("u1 a1 u2 a2 u3");

        assertThat(reviewer.how()).isEqualTo(How.FORKED);
        assertThat(reviewer.arrival().agentId()).isNotEqualTo(agent);
    }

    @Test
    void aHistoryCutAtItsFrontIsTheSameAgents() {
        String agent = talk.answered("u1");
        talk.answered("u1 a1 u2");
        talk.answered("u1 a1 u2 a2 u3");
        talk.answered("u1 a1 u2 a2 u3 a3 u4");

        Attributed next = talk.ask("u0:summary a2 u3 a3 u4 a4 u5");

        assertThat(next.how()).isEqualTo(How.REWRITTEN);
        assertThat(next.arrival().agentId()).isEqualTo(agent);
    }

    @Test
    void nothingInCommonButTheHeadIsANewAgent() {
        String agent = talk.answered("u1");
        talk.answered("u1 a1 u2");

        assertThat(talk.ask("u0:summary").how()).isEqualTo(How.NEW);
        assertThat(talk.ask("u7 a7 u8").arrival().agentId()).isNotEqualTo(agent);
    }

    @Test
    void aPromptWithoutMessagesGoesOnBehindItsPieces() {
        String agent = talk.attribution
                .onArrival(++talk.steps, talk.claimed(), talk.pieces(6))
                .arrival()
                .agentId();
        talk.attribution.onEnd(talk.steps, true);

        Attributed next = talk.attribution.onArrival(++talk.steps, talk.claimed(), talk.pieces(9));

        assertThat(next.how()).isEqualTo(How.EXTENDED);
        assertThat(next.arrival().agentId()).isEqualTo(agent);
    }

    @Test
    void aTemplateWithoutMessagesIsNoHistory() {
        for (int i = 0; i < 2; i++) {
            talk.attribution.onArrival(++talk.steps, talk.claimed(), talk.pieces(6));
            talk.attribution.onEnd(talk.steps, true);
        }

        assertThat(talk.attribution
                        .onArrival(++talk.steps, talk.claimed(), talk.pieces(7))
                        .how())
                .isEqualTo(How.NEW);
        assertThat(talk.attribution
                        .onArrival(++talk.steps, talk.claimed(), talk.pieces(2))
                        .how())
                .isEqualTo(How.NEW);
        assertThat(talk.attribution
                        .onArrival(++talk.steps, talk.claimed(), talk.pieces(3))
                        .how())
                .isEqualTo(How.NEW);
    }

    @Test
    void aShortQuestionWithoutToolsMayBeAllThatComes() {
        assertThat(talk.ask("u1").arrival().question()).isFalse();
        talk.tools = 0;
        assertThat(talk.ask("u2").arrival().question()).isTrue();
    }

    @Test
    void theTableIsBoundedAndForgetsTheLongestUntouched() {
        String first = talk.answered("u1");
        for (int i = 2; i <= 1_000; i++) {
            talk.answered("u" + i);
        }
        assertThat(talk.answered("u1 a1 u0")).isEqualTo(first);
        talk.answered("u2000");

        assertThat(talk.attribution.size()).isEqualTo(1_000);
        assertThat(talk.attribution.evictions()).isEqualTo(1);
        assertThat(talk.ask("u2 a2 u3").how()).isEqualTo(How.NEW);
        assertThat(talk.ask("u1 a1 u0 a0 u1").arrival().agentId()).isEqualTo(first);
    }

    @Test
    void aFloodOfConversationsThatNeverGoOnPushesOutNoneThatDoes() {
        String agent = talk.answered("u1");
        talk.answered("u1 a1 u2");
        Attributed first = talk.ask("u9"); // and none whose first step runs
        long step = talk.steps;
        for (int i = 1_000; i < 6_000; i++) {
            talk.answered("u" + i);
        }
        talk.attribution.onEnd(step, true);

        assertThat(talk.ask("u1 a1 u2 a2 u3").arrival().agentId()).isEqualTo(agent);
        assertThat(talk.ask("u9 a9 u10").arrival().agentId())
                .isEqualTo(first.arrival().agentId());
        assertThat(talk.attribution.size()).isEqualTo(1_000);
    }

    @Test
    void conversationsThatBeginHaveAQuarterOfTheTable() {
        for (int i = 1; i <= 1_000; i++) {
            talk.answered("u" + i);
            talk.answered("u" + i + " a" + i + " u0");
        }
        String agent = talk.answered("u5000");
        for (int i = 1; i < 250; i++) {
            talk.answered("u" + (5_000 + i));
        }

        assertThat(talk.ask("u5000 a0 u1").arrival().agentId()).isEqualTo(agent);
        assertThat(talk.ask("u1 a1 u0 a0 u1").how()).isEqualTo(How.NEW);
    }

    @Test
    void aForgottenConversationLeavesNoKeyBehind() {
        Attribution small = new Attribution(new IdentityConfig.Fingerprint(true, 1), 1);
        for (int i = 0; i < 600; i++) {
            small.onArrival(i, talk.claimed(), new Fingerprint(1, talk.who, talk.chain("u1"), false));
            small.onAnswer(i, new AnswerTrace(i + 1, 0));
            small.onEnd(i, true);
        }
        assertThat(small.size()).isEqualTo(1);
        assertThat(small.evictions()).isEqualTo(599);
        assertThat(small.onArrival(700, talk.claimed(), new Fingerprint(1, talk.who, talk.chain("u1 a1 u2"), false))
                        .how())
                .isEqualTo(How.EXTENDED);
    }
}
