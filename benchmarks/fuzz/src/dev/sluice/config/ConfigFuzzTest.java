package dev.sluice.config;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.Map;

/** The configuration: whatever a file or the environment says, it is read or refused in words, and what is read stays so. */
final class ConfigFuzzTest {

    @FuzzTest(maxDuration = "60s")
    void readsOrSaysWhy(FuzzedDataProvider input) {
        Map<String, String> environment = Map.of("SLUICE__" + input.consumeString(20), input.consumeString(40));
        ConfigReader.Result read =
                ConfigReader.read(input.consumeRemainingAsString(), ConfigReader.settingsOf(environment));
        if (!read.isValid() && read.problems().isEmpty()) {
            throw new IllegalStateException("refused without a reason");
        }
        for (Problem problem : read.problems()) {
            if (problem.toString().chars().anyMatch(each -> Character.isISOControl(each))) {
                throw new IllegalStateException("a control character would reach a terminal");
            }
        }
    }
}
