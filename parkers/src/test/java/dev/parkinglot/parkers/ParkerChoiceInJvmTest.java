package dev.parkinglot.parkers;

import static dev.parkinglot.parkers.ChildJvm.CLASS_PATH;
import static dev.parkinglot.parkers.ChildJvm.GRANT;
import static dev.parkinglot.parkers.ChildJvm.folderOf;
import static dev.parkinglot.parkers.ChildJvm.output;
import static dev.parkinglot.parkers.ChildJvm.outputOf;
import static dev.parkinglot.parkers.ChildJvm.parker;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.parkinglot.testing.ThreadKind;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How the backend of a JVM is chosen, in JVMs with various flags; everything that they print is looked at. */
class ParkerChoiceInJvmTest {
    /**
     * Says what this JVM uses, at two tries, for each kind of thread, and whether it has the fence.
     */
    static final class Report {
        private Report() {}

        public static void main(String[] args) {
            for (int i = 0; i < 2; i++) {
                StringBuilder line = new StringBuilder("uses");
                for (ThreadKind kind : ThreadKind.available()) {
                    line.append(' ')
                            .append(ParkerBackendsTest.backendOfThread(kind).name());
                }
                System.out.println(line);
            }
            System.out.println(AsymmetricFence.unavailableReason().isEmpty() ? "fence" : "no fence");
        }
    }

    private static final int FEATURE = Runtime.version().feature();

    private static final boolean IS_LINUX = System.getProperty("os.name").equals("Linux");

    private static final boolean HAS_FUTEX = FEATURE >= 22 && IS_LINUX;

    private static final boolean HAS_VIRTUAL = ThreadKind.available().contains(ThreadKind.VIRTUAL);

    private static List<String> uses(String backend, String fence) {
        String line = "uses " + backend + (HAS_VIRTUAL ? " locksupport" : "");
        return List.of(line, line, fence);
    }

    private static List<String> reportOfJvmWith(String... flags) throws Exception {
        return outputOf(Report.class, flags);
    }

    /** The one warning of a JVM that has not got what it was told to use, and takes the default. */
    private static String warningOfJvmWith(String... flags) throws Exception {
        List<String> printed = reportOfJvmWith(flags);
        List<String> report = printed.subList(Math.max(0, printed.size() - 3), printed.size());
        assertEquals(uses("locksupport", report.get(2)), report);
        List<String> warnings =
                printed.stream().filter(line -> line.startsWith("WARNING: ")).toList();
        assertEquals(1, warnings.size(), printed::toString);
        return warnings.get(0);
    }

    // ---- named, or not

    @Test
    void virtualThreadsFallBackToLocksupportWhenThePropertyNamesAnother() throws Exception {
        assertEquals(uses("monitor", "no fence"), reportOfJvmWith(parker("monitor")));
    }

    @Test
    void anUnknownNameInThePropertyIsOneWarningAndTheDefault() throws Exception {
        String warning = warningOfJvmWith(parker("nonsense"));
        assertTrue(warning.contains("'nonsense'"), warning);
        assertTrue(warning.contains("locksupport, "), warning);
    }

    @ParameterizedTest
    @CsvSource({"ulock, Mac", "waitaddress, Windows", "keyedevent, Windows"})
    void aBackendOfAnotherSystemIsAWarningThatSaysSo(String backend, String system) throws Exception {
        assumeTrue(IS_LINUX);
        String warning = warningOfJvmWith(GRANT, parker(backend));
        assertTrue(warning.contains("'" + backend + "'"), warning);
        assertTrue(warning.contains("it is made for " + system + ", and this is Linux"), warning);
    }

    @Test
    void systemIsTheSystemsOwn() throws Exception {
        assumeTrue(HAS_FUTEX);
        assertEquals(uses("futex", "fence"), reportOfJvmWith(GRANT, parker(ParkerBackends.SYSTEM)));
    }

    @Test
    void systemIsAWarningWhereTheSystemsOwnCannotBeUsed() throws Exception {
        String warning = warningOfJvmWith(parker(ParkerBackends.SYSTEM));
        assertTrue(warning.contains("no parker backend of an operating system"), warning);
    }

    /** A program that may read no property has locks all the same. */
    @Test
    void aSecurityPolicyThatKeepsThePropertyFromUsIsNoReasonToFail(@TempDir Path folder) throws Exception {
        assumeTrue(FEATURE < 24);
        Path policy = folder.resolve("nothing.policy");
        Files.writeString(policy, "grant { permission java.lang.RuntimePermission \"modifyThread\"; };");
        List<String> printed = output(
                new String[] {"-Djava.security.manager", "-Djava.security.policy==" + policy, parker("monitor")},
                "-cp",
                CLASS_PATH,
                Named.class.getName());
        assertEquals("locksupport", printed.get(printed.size() - 1), printed::toString);
    }

    /** Says what was chosen, and needs no permission for it. */
    static final class Named {
        private Named() {}

        public static void main(String[] args) {
            System.out.println(ParkerBackends.chosen().name());
        }
    }

    @Test
    void theFenceCanBeSwitchedOff() throws Exception {
        assumeTrue(HAS_FUTEX);
        assertEquals(uses("futex", "no fence"), reportOfJvmWith(GRANT, parker("futex"), "-D" + AsymmetricFence.PROPERTY + "=off"));
    }

    // ---- native access

    @Test
    void whereNativeAccessWasNotGrantedItIsLocksupportAndTheJdkPrintsNoWarning() throws Exception {
        assertEquals(uses("locksupport", "no fence"), reportOfJvmWith());
    }

    @Test
    void whereNativeAccessIsDeniedItIsLocksupportAndNothingIsThrown() throws Exception {
        assumeTrue(FEATURE >= 24);
        assertEquals(uses("locksupport", "no fence"), reportOfJvmWith("--illegal-native-access=deny"));
    }

    @Test
    void whereNativeAccessWasNotGrantedNamingASystemBackendIsAWarningThatSaysSo() throws Exception {
        assumeTrue(IS_LINUX);
        String error = warningOfJvmWith(parker("futex"));
        assertTrue(error.contains("'futex'") && error.contains(FEATURE >= 22 ? GRANT : "JDK 22"), error);
        assertTrue(error.contains("locksupport, monitor, spin"), error);
    }

    @Test
    void whereNativeAccessWasGrantedItIsLocksupportAllTheSameWithTheFence() throws Exception {
        assumeTrue(HAS_FUTEX);
        assertEquals(uses("locksupport", "fence"), reportOfJvmWith(GRANT));
    }

    @Test
    void aJvmThatCannotCallNativeCodeUsesLocksupport() throws Exception {
        assumeTrue(HAS_FUTEX);
        String unsupported =
                "-Djdk.internal.foreign.CABI=UNSUPPORTED"; // as on a processor that the linker does not know
        assertEquals(uses("locksupport", "no fence"), reportOfJvmWith(GRANT, unsupported));
        String error = warningOfJvmWith(GRANT, unsupported, parker("futex"));
        assertTrue(error.contains("this JVM cannot call native code here"), error);
    }

    @Test
    void theManifestOfTheProgramCanGrantNativeAccess(@TempDir Path folder) throws Exception {
        assumeTrue(HAS_FUTEX);
        Manifest manifest = new Manifest();
        Attributes attributes = manifest.getMainAttributes();
        attributes.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        attributes.put(Attributes.Name.MAIN_CLASS, Report.class.getName());
        attributes.put(
                Attributes.Name.CLASS_PATH,
                Arrays.stream(CLASS_PATH.split(File.pathSeparator))
                        .map(entry -> Path.of(entry).toUri().toString())
                        .collect(Collectors.joining(" ")));
        attributes.putValue("Enable-Native-Access", "ALL-UNNAMED");
        Path jar = folder.resolve("program.jar");
        new JarOutputStream(Files.newOutputStream(jar), manifest).close();
        assertEquals(uses("locksupport", "fence"), output(new String[0], "-jar", jar.toString()));
    }

    /** The Javadoc of {@link ParkerBackends} says so. */
    @Test
    void afterTheFirstRestrictedCallOfAnotherClassTheWholeClassPathIsGrantedAndTheJdkWarnsOfThatClassOnly()
            throws Exception {
        assumeTrue(HAS_FUTEX);
        String other = "dev.parkinglot.parkers.RestrictedCallFirst"; // in the newer sources
        List<String> printed = output(new String[0], "-cp", CLASS_PATH, other);
        int lines = (int)
                printed.stream().takeWhile(line -> line.startsWith("WARNING:")).count();
        String warning = String.join("\n", printed.subList(0, lines));
        assertTrue(warning.contains("reinterpret has been called by " + other), printed::toString);
        assertFalse(warning.replace(other, "").contains("dev.parkinglot"), printed::toString);
        assertEquals(
                uses("locksupport", "fence"),
                printed.stream().skip(lines).filter(line -> !line.isEmpty()).toList());
    }

    // ---- as a module

    @Test
    void aModuleIsAskedForItsOwnGrant() throws Exception {
        assumeTrue(HAS_FUTEX);
        String grant = "--enable-native-access=dev.parkinglot.parkers";
        assertEquals(uses("futex", "fence"), reportOfModuleWith(grant, parker("futex")));
        List<String> refused = reportOfModuleWith(parker("futex"));
        assertTrue(refused.stream().anyMatch(line -> line.startsWith("WARNING") && line.contains(grant)), refused::toString);
    }

    @Test
    void aModuleWithoutAGrantUsesLocksupportAndTheJdkPrintsNoWarning() throws Exception {
        assertEquals(uses("locksupport", "no fence"), reportOfModuleWith());
    }

    /** The library as a module; the tests join it. */
    private static List<String> reportOfModuleWith(String... flags) throws Exception {
        return output(
                flags,
                "--module-path",
                folderOf(ParkerBackends.class),
                "--patch-module",
                "dev.parkinglot.parkers=" + folderOf(Report.class),
                "--add-modules",
                "java.management", // for TestThreads
                "--add-reads",
                "dev.parkinglot.parkers=java.management",
                "--module",
                "dev.parkinglot.parkers/" + Report.class.getName());
    }
}
