package dev.sluice.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.agent.Attribution.Attributed;
import dev.sluice.agent.Attribution.How;
import dev.sluice.agent.Fingerprint.Who;
import dev.sluice.config.IdentityConfig;
import org.junit.jupiter.api.Test;

/** Conversations under an id, of a client or of the server; see {@link Talk} for how a history is written. */
final class AttributionByIdTest {

    private final Talk talk = new Talk();

    @Test
    void realmsDoNotMix() {
        String agent = talk.answered("u1");
        talk.realm++;

        assertThat(talk.ask("u1 a1 u2").arrival().agentId()).isNotEqualTo(agent);
    }

    @Test
    void underASessionsIdTheFirstConversationIsTheSessions() {
        talk.who = Who.SESSION;
        assertThat(talk.answered("u1")).isEqualTo("a-id");
        Attributed next = talk.ask("u1 a1 u2");
        assertThat(next.arrival().agentId()).isEqualTo("a-id");
        assertThat(next.arrival().source()).isEqualTo("header:x-session-id");

        talk.system++;
        talk.tools = 0;
        Attributed title = talk.ask("u1");

        assertThat(title.how()).isEqualTo(How.NEW);
        assertThat(title.arrival().agentId()).startsWith("f-");
        assertThat(title.arrival().parentId()).isEqualTo("a-id");
    }

    @Test
    void aTitleThatComesFirstGivesTheIdBack() {
        talk.who = Who.SESSION;
        talk.tools = 0;
        talk.system++;
        assertThat(talk.ask("u1").arrival().agentId()).isEqualTo("a-id");
        talk.tools = Talk.TOOLS;
        talk.system--;

        Attributed main = talk.ask("u1");
        talk.attribution.onEnd(talk.steps, true);
        assertThat(main.arrival().agentId()).isEqualTo("a-id");
        assertThat(main.arrival().continuity().displaced()).startsWith("f-");
        assertThat(talk.ask("u1 a1 u2").arrival().agentId()).isEqualTo("a-id");
    }

    @Test
    void aSessionThatBeginsAnewAtRestIsTheSameAgentAndBesideItselfAnother() {
        talk.who = Who.SESSION;
        talk.answered("u1");
        talk.answered("u1 a1 u2");
        assertThat(talk.ask("u0:summary").how()).isEqualTo(How.REWRITTEN);

        Attributed beside = talk.ask("u9");

        assertThat(beside.arrival().agentId()).startsWith("f-");
        assertThat(beside.arrival().parentId()).isEqualTo("a-id");
    }

    @Test
    void aPersonsConversationsHaveNothingToDoWithEachOther() {
        talk.who = Who.PERSON;
        talk.answered("u1");

        Attributed other = talk.ask("u2");

        assertThat(other.arrival().agentId()).startsWith("f-");
        assertThat(other.arrival().parentId()).isNull();
        assertThat(talk.ask("u1 a1 u3").arrival().agentId()).isEqualTo("a-id");
    }

    @Test
    void anIdIsBelievedAloneWhereThereIsNothingElse() {
        Attributed found = talk.attribution.onArrival(1, talk.claimed(), Fingerprint.NONE);

        assertThat(found.how()).isNull();
        assertThat(found.arrival()).isEqualTo(talk.claimed());
    }

    @Test
    void switchedOffItDoesNothing() {
        Attribution off = new Attribution(new IdentityConfig.Fingerprint(false, 1), 1);

        Attributed found = off.onArrival(1, talk.claimed(), new Fingerprint(1, talk.who, talk.chain("u1"), false));

        assertThat(found.arrival()).isEqualTo(talk.claimed());
    }

    @Test
    void theServersIdOfAnAnswerLeadsBackToItsAgent() {
        Attributed first = talk.ask("u1");
        talk.attribution.onAnswer(talk.steps, new AnswerTrace(77, 0));
        talk.attribution.onEnd(talk.steps, true);

        Attributed next = talk.kept(new Chain.Builder().answered(77));
        assertThat(next.how()).isEqualTo(How.EXTENDED);
        assertThat(next.arrival().agentId()).isEqualTo(first.arrival().agentId());

        Attributed beside = talk.kept(new Chain.Builder().answered(77));
        assertThat(beside.how()).isEqualTo(How.FORKED);
        assertThat(talk.kept(new Chain.Builder().answered(78)).how()).isEqualTo(How.NEW);
    }

    @Test
    void aConversationThatTheServerKeepsIsKnownByItsName() {
        Attributed first = talk.kept(new Chain.Builder().named(9));
        talk.attribution.onAnswer(talk.steps, new AnswerTrace(77, 0));
        talk.attribution.onEnd(talk.steps, true);

        assertThat(talk.kept(new Chain.Builder().named(9)).arrival().agentId())
                .isEqualTo(first.arrival().agentId());
    }
}
