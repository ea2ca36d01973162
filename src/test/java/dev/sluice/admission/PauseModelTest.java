package dev.sluice.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

final class PauseModelTest {

    private final PauseModel model = new PauseModel(3, 0.5, false);

    @Test
    void beforeAnythingWasSeenHalfOfTheAgentsNeverReturn() {
        assertThat(model.goneChance(0)).isCloseTo(0.5, within(0.02));
    }

    @Test
    void theLongerTheSilenceTheLikelierItIsTheEnd() {
        double before = 0;
        for (double seconds : new double[] {0, 1, 5, 30, 300, 10_000}) {
            assertThat(model.goneChance(seconds)).isGreaterThan(before);
            before = model.goneChance(seconds);
        }
        assertThat(before).isGreaterThan(0.95).isLessThanOrEqualTo(1);
    }

    @Test
    void binsAreHalfAgainAsLongAsTheOneBefore() {
        assertThat(PauseModel.bin(0)).isZero();
        assertThat(PauseModel.bin(-1)).isZero();
        for (int bin = 0; bin < PauseModel.BINS - 1; bin++) {
            double edge = PauseModel.edgeSeconds(bin);
            assertThat(edge).isCloseTo(0.1 * Math.pow(1.5, bin), within(1e-9));
            assertThat(PauseModel.bin(Math.nextDown(edge))).isEqualTo(bin);
            assertThat(PauseModel.bin(edge)).isEqualTo(bin + 1);
        }
        assertThat(PauseModel.bin(Double.MAX_VALUE)).isEqualTo(PauseModel.BINS - 1);
    }

    @Test
    void shortPausesMakeHoldingWorthWhileAndLongSilenceDoesNot() {
        for (int i = 0; i < 200; i++) {
            model.onReturn(1);
        }
        model.refresh();
        assertThat(model.returnRatePerSecond(0)).isBetween(0.5, 1.5);
        assertThat(model.returnRatePerSecond(60)).isLessThan(0.05);
    }

    @Test
    void silencesUnderWayCountAsEvidenceOfTheEnd() {
        for (int i = 0; i < 20; i++) {
            model.onReturn(1);
        }
        model.refresh();
        double before = model.goneChance(100);
        model.onSilent(PauseModel.bin(600), 50);
        model.refresh();
        assertThat(model.goneChance(100)).isGreaterThan(before);

        model.onSilent(PauseModel.bin(600), 0);
        model.refresh();
        assertThat(model.goneChance(100)).isCloseTo(before, within(1e-12));
    }

    @Test
    void followsAChangeOfLoad() {
        for (int i = 0; i < 10_000; i++) {
            model.onReturn(0.5);
        }
        for (int i = 0; i < 5_000; i++) {
            model.onReturn(30);
        }
        model.refresh();
        assertThat(model.returnRatePerSecond(5)).isCloseTo(1 / 25.0, within(0.02));
        assertThat(model.returnRatePerSecond(0)).isLessThan(0.8);
    }

    @Test
    void aLookThatBringsNothingNewChangesNothing() {
        PauseModel turns = new PauseModel(60, 0.5, true);
        for (int pause = 0; pause < 40; pause++) {
            turns.onReturn(0.4 + pause);
        }
        turns.onSilent(20, 5);
        for (int look = 0; look < 300; look++) {
            turns.refresh();
        }
        double atRest = turns.goneChance(20);
        turns.refresh();
        assertThat(turns.goneChance(20)).isEqualTo(atRest);
        turns.onGone(20);
        turns.refresh();
        assertThat(turns.goneChance(20)).isNotEqualTo(atRest);
    }

    @Test
    void aPauseIsHeldThroughAsLongAsItsIndexIsHighEnough() {
        for (int i = 0; i < 500; i++) {
            model.onReturn(i % 2 == 0 ? 1 : 100);
        }
        model.refresh();
        assertThat(model.meanSeconds()).isBetween(40.0, 65.0);
        assertThat(model.heldSeconds(0)).isEqualTo(model.meanSeconds());
        // Worth while for the short ones: held for a second or two, whoever has not returned by then is let go.
        assertThat(model.heldSeconds(0.3)).isBetween(0.5, 3.0);
        assertThat(model.heldSeconds(1_000)).isZero();
    }

    @Test
    void aSilenceManyTimesAsLongAsAnyPauseIsTheEndWhereTheShapeIsLearned() {
        PauseModel turns = new PauseModel(60, 0.5, true);
        PauseModel rigid = new PauseModel(60, 0.5, false);
        for (PauseModel learning : new PauseModel[] {turns, rigid}) {
            for (int pause = 0; pause < 40; pause++) {
                learning.onReturn(0.4);
            }
            learning.onSilent(PauseModel.bin(20), 1);
            learning.onSilent(PauseModel.bin(30), 1);
            for (int look = 0; look < 20; look++) {
                learning.refresh();
            }
        }
        assertThat(turns.goneChance(20)).isGreaterThan(0.95);
        assertThat(rigid.goneChance(20)).isLessThan(0.75);
    }
}
