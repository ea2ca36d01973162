package dev.sluice;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The borders of the house: who may see whom, and what the pure core may not touch. */
@AnalyzeClasses(packages = "dev.sluice", importOptions = ImportOption.DoNotIncludeTests.class)
final class ArchitectureTest {

    @ArchTest
    static final ArchRule packagesHaveNoCycles =
            slices().matching("dev.sluice.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule configDependsOnNothingOfOurs = noClasses()
            .that()
            .resideInAPackage("dev.sluice.config..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "dev.sluice.net..",
                    "dev.sluice.control..",
                    "dev.sluice.admission..",
                    "dev.sluice.gate..",
                    "dev.sluice.decision..",
                    "dev.sluice.engine..",
                    "dev.sluice.agent..",
                    "dev.sluice.api..",
                    "dev.sluice.proxy..",
                    "dev.sluice.telemetry..",
                    "dev.sluice.admin..",
                    "dev.sluice.emulator..",
                    "dev.sluice.simulate..",
                    "dev.sluice.app..");

    @ArchTest
    static final ArchRule netSeesOnlyConfig = classes()
            .that()
            .resideInAPackage("dev.sluice.net..")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                    "dev.sluice.net..", "dev.sluice.config..", "io.netty..", "java..", "javax..", "org.jspecify..");

    @ArchTest
    static final ArchRule controlSeesOnlyConfig = classes()
            .that()
            .resideInAPackage("dev.sluice.control..")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage("dev.sluice.control..", "dev.sluice.config..", "java..", "org.jspecify..");

    @ArchTest
    static final ArchRule admissionSeesOnlyControlAndConfig = classes()
            .that()
            .resideInAPackage("dev.sluice.admission..")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                    "dev.sluice.admission..",
                    "dev.sluice.control..",
                    "dev.sluice.config..",
                    "java..",
                    "org.jspecify..");

    @ArchTest
    static final ArchRule pureCoreReadsNoClockAndStartsNoThread = noClasses()
            .that()
            .resideInAnyPackage("dev.sluice.control..", "dev.sluice.admission..")
            .should()
            .dependOnClassesThat()
            .haveFullyQualifiedName("java.time.Clock")
            .orShould()
            .dependOnClassesThat()
            .haveFullyQualifiedName("java.lang.Thread")
            .orShould()
            .dependOnClassesThat()
            .resideInAPackage("java.util.concurrent..")
            .orShould()
            .callMethod(System.class, "nanoTime")
            .orShould()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .callMethod(Math.class, "random");

    @ArchTest
    static final ArchRule planIsArithmetic = classes()
            .that()
            .resideInAPackage("dev.sluice.plan..")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage("dev.sluice.plan..", "com.fasterxml.jackson..", "java..", "org.jspecify..");

    @ArchTest
    static final ArchRule gateKnowsNoNetty = noClasses()
            .that()
            .resideInAPackage("dev.sluice.gate..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.netty..");

    @ArchTest
    static final ArchRule engineAndProxyNeverSeeEachOther = noClasses()
            .that()
            .resideInAPackage("dev.sluice.engine..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("dev.sluice.proxy..")
            .orShould()
            .dependOnClassesThat()
            .resideInAPackage("dev.sluice.gate..");

    @ArchTest
    static final ArchRule proxyDoesNotSeeTheEngine = noClasses()
            .that()
            .resideInAPackage("dev.sluice.proxy..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("dev.sluice.engine..", "dev.sluice.emulator..", "dev.sluice.telemetry..");

    @ArchTest
    static final ArchRule onlyTelemetryAndAdminSeeMicrometer = noClasses()
            .that()
            .resideOutsideOfPackages("dev.sluice.telemetry..", "dev.sluice.admin..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.micrometer..");

    @ArchTest
    static final ArchRule onlyAppExits = noClasses()
            .that()
            .resideOutsideOfPackage("dev.sluice.app..")
            .should()
            .callMethod(System.class, "exit", int.class);

    @ArchTest
    static final ArchRule namesSaySomething =
            noClasses().should().haveNameMatching(".*(Impl|Manager|Helper|Utils?|Base|Common)(\\$.*)?");
}
