package dev.sluice.admission;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.config.TenantsConfig;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class TenantWeightsTest {

    private final TenantShares shares =
            new TenantShares(() -> new TenantsConfig("", false, Map.of("heavy", 4.0), Map.of(), Duration.ofHours(1)));

    @Test
    void aTenantThatHoldsNothingHasNoShare() {
        assertThat(shares.share("any", 0)).isZero();
    }

    @Test
    void aShareIsTheTokensHeldOverTheWeight() {
        shares.change("any", 300);
        shares.change("any", 500);
        shares.change("heavy", 800);
        assertThat(shares.share("any", 0)).isEqualTo(800);
        assertThat(shares.share("heavy", 0)).isEqualTo(200);
    }

    @Test
    void whatAStepWouldAddCountsToo() {
        shares.change("heavy", 800);
        assertThat(shares.share("heavy", 400)).isEqualTo(300);
        shares.change("any", 100);
        assertThat(shares.share("any", 400)).isEqualTo(500);
    }

    @Test
    void whoHoldsNothingIsNextWhateverItWouldAdd() {
        assertThat(shares.share("any", 400)).isZero();
    }

    @Test
    void whatIsGivenUpCountsNoMore() {
        shares.change("any", 800);
        shares.change("any", -300);
        assertThat(shares.share("any", 0)).isEqualTo(500);
        shares.change("any", -500);
        assertThat(shares.share("any", 0)).isZero();
    }

    @Test
    void lessThanHalfATokenIsWhatRoundingLeft() {
        shares.change("any", 800.5);
        shares.change("any", -800);
        assertThat(shares.share("any", 0)).isEqualTo(0.5);
        shares.change("any", -0.01);
        assertThat(shares.share("any", 0)).isZero();
    }
}
