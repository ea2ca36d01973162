package dev.sluice.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.admission.Arrival;
import dev.sluice.admission.Continuity;
import dev.sluice.admission.PrefixBreak;
import dev.sluice.admission.PrefixBreak.Cause;
import dev.sluice.agent.Chain.Speaker;
import dev.sluice.agent.Fingerprint.Who;
import dev.sluice.api.BadRequestException;
import dev.sluice.api.RequestReader;
import dev.sluice.api.Route;
import dev.sluice.config.IdentityConfig;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What in a prompt keeps it from beginning as the one before, told from the bodies themselves. */
final class PrefixBreakTest {

    private static final String READ = "{\"type\":\"function\",\"function\":{\"name\":\"read\"}}";
    private static final String EDIT = "{\"type\":\"function\",\"function\":{\"name\":\"edit\"}}";
    private static final String SYSTEM = "{\"role\":\"system\",\"content\":\"Be brief. It is 10:41:07 on day 3.\"}";
    private static final String ASKED = "{\"role\":\"user\",\"content\":\"Mend the build, please, all of it.\"}";
    private static final String ANSWERED = "{\"role\":\"assistant\",\"content\":\"I have looked at it.\"}";
    private static final String MORE = "{\"role\":\"user\",\"content\":\"And now the tests.\"}";

    private final Attribution attribution = new Attribution(new IdentityConfig.Fingerprint(true, 10), 1);
    private long steps;

    @Test
    void aPromptThatGoesOnIsWhole() {
        step(READ, SYSTEM, ASKED);
        assertThat(step(READ, SYSTEM, ASKED, ANSWERED, MORE)).isEqualTo(Continuity.WHOLE);
        assertThat(step(READ, SYSTEM, ASKED, ANSWERED, MORE)).isEqualTo(Continuity.WHOLE);
    }

    @Test
    void aClockInTheSystemPromptIsTold() {
        step(READ, SYSTEM, ASKED);
        assertThat(broken(READ, SYSTEM.replace("10:41:07", "9:59:00"), ASKED, ANSWERED, MORE))
                .isEqualTo(new PrefixBreak(Cause.SYSTEM_NUMBERS, -1, 0));
        assertThat(broken(READ, SYSTEM.replace("brief", "short"), ASKED, ANSWERED, MORE))
                .isEqualTo(new PrefixBreak(Cause.SYSTEM, -1, 0));
    }

    @Test
    void toolsInAnotherOrderAreToldFromOtherTools() {
        step(READ + "," + EDIT, SYSTEM, ASKED);
        assertThat(broken(EDIT + "," + READ, SYSTEM, ASKED, ANSWERED, MORE).cause())
                .isEqualTo(Cause.TOOLS_ORDER);
        assertThat(broken(EDIT, SYSTEM, ASKED, ANSWERED, MORE).cause()).isEqualTo(Cause.TOOLS);
    }

    @Test
    void aChangedMessageIsToldByItsPlaceAndWhatStandsBeforeItIsKept() {
        step(READ, SYSTEM, ASKED, ANSWERED, MORE, ANSWERED, MORE);

        PrefixBreak broken =
                broken(READ, SYSTEM, ASKED, ANSWERED, MORE.replace("tests", "docs"), ANSWERED, MORE, ANSWERED, MORE);

        assertThat(broken.cause()).isEqualTo(Cause.HISTORY);
        assertThat(broken.message()).isEqualTo(2);
        assertThat(broken.keptRatio()).isBetween(0.5, 0.8);
    }

    @Test
    void aConversationThatBeginsAnewKeepsItsHead() {
        step(READ, SYSTEM, ASKED, ANSWERED, MORE);

        PrefixBreak broken = broken(READ, SYSTEM, MORE.replace("tests", "summary"), ANSWERED, MORE);

        assertThat(broken.cause()).isEqualTo(Cause.BEGUN_ANEW);
        assertThat(broken.message()).isZero();
        assertThat(broken.keptRatio()).isBetween(0.2, 0.7);
    }

    @Test
    void inALongHistoryThePlaceIsToldRoughlyAndNeverTooLate() {
        Chain.Builder before = new Chain.Builder();
        Chain.Builder after = new Chain.Builder();
        for (int i = 0; i < 1_000; i++) {
            before.add(Speaker.CLIENT, i + 1, 0);
            after.add(Speaker.CLIENT, i == 700 ? -1 : i + 1, 0);
        }
        LastPrompt last = LastPrompt.of(before.build(), 1);

        assertThat(last).isNotNull();
        PrefixBreak broken = last.to(after.build()).broken();
        assertThat(broken).isNotNull();
        assertThat(broken.message()).isBetween(700 - 1_000 / 16, 700);
    }

    private PrefixBreak broken(String tools, String... messages) {
        PrefixBreak broken = step(tools, messages).broken();
        assertThat(broken).isNotNull();
        return broken;
    }

    private Continuity step(String tools, String... messages) {
        String body = "{\"model\":\"m\",\"tools\":[" + tools + "],\"messages\":[" + String.join(",", messages) + "]}";
        Chain chain;
        try {
            chain = new RequestReader(Set.of())
                    .read(Route.CHAT_COMPLETIONS, Unpooled.copiedBuffer(body, StandardCharsets.UTF_8))
                    .chain();
        } catch (BadRequestException e) {
            throw new AssertionError(e);
        }
        Arrival claimed = new Arrival("a-id", "header:x-session-id", "default", null, false, true, body.length(), -1);
        Arrival found = attribution
                .onArrival(++steps, claimed, new Fingerprint(1, Who.SESSION, chain, false))
                .arrival();
        attribution.onEnd(steps, true);
        assertThat(found.agentId()).isEqualTo("a-id");
        return found.continuity();
    }
}
