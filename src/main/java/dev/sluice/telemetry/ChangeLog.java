package dev.sluice.telemetry;

import dev.sluice.admission.Ending;
import dev.sluice.control.BudgetChange;
import dev.sluice.gate.GateObserver;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One line per decision that changes the state of the whole: not per step. Thread-safe. */
final class ChangeLog implements GateObserver {

    private static final Logger LOG = LoggerFactory.getLogger("sluice.decision");

    @Override
    public void onBudgetChange(BudgetChange change) {
        LOG.info(
                "Budget changed cause={} from={} to={} unit={}",
                LogValue.of(change.cause()),
                number(change.from()),
                number(change.to()),
                LogValue.of(change.unit()));
    }

    @Override
    public void onDoubleEnd(Ending ending) {
        LOG.error("A permit was ended twice, which is a bug of Sluice: please report it ending={}", ending.label());
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.0f", value);
    }
}
