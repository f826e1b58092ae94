package dev.parkinglot.parkers;

import static dev.parkinglot.parkers.ChildJvm.CLASS_PATH;
import static dev.parkinglot.parkers.ChildJvm.GRANT;
import static dev.parkinglot.parkers.ChildJvm.folderOf;
import static dev.parkinglot.parkers.ChildJvm.foldersOfLibrary;
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
import java.util.logging.LogManager;
import java.util.logging.Logger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How the backend of a JVM is chosen, in JVMs with various flags; everything that they print is looked at. */
class ParkerChoiceInJvmTest {
    /**
     * Says what this JVM uses, at two tries, for each kind of thread (or for the one that is named), and whether it has
     * the fence.
     */
    static final class Report {
        private Report() {}

        public static void main(String[] args) {
            List<ThreadKind> kinds = args.length == 0 ? ThreadKind.available() : List.of(ThreadKind.valueOf(args[0]));
            for (int i = 0; i < 2; i++) {
                StringBuilder line = new StringBuilder("uses");
                for (ThreadKind kind : kinds) {
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

    /** The warning of a JVM that, having printed it once, uses the default. */
    private static String warningOfJvmWith(String... flags) throws Exception {
        return warning(reportOfJvmWith(flags));
    }

    /** Checks that there is one warning, and after it nothing but the default; returns the warning. */
    private static String warning(List<String> printed) {
        List<String> warnings =
                printed.stream().filter(line -> line.contains("WARNING")).toList();
        assertEquals(1, warnings.size(), printed::toString);
        // Before the line of the warning java.util.logging prints one that tells the time and the class.
        List<String> rest = printed.subList(printed.indexOf(warnings.get(0)) + 1, printed.size());
        List<String> expected = uses("locksupport", "no fence");
        assertEquals(expected.subList(0, 2), rest.subList(0, 2), printed::toString);
        assertEquals(3, rest.size(), printed::toString);
        return warnings.get(0);
    }

    // ---- named, or not

    @Test
    void virtualThreadsFallBackToLocksupportWhenThePropertyNamesAnother() throws Exception {
        assertEquals(uses("monitor", "no fence"), reportOfJvmWith(parker("monitor")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"nonsense", ""})
    void anUnknownNameInThePropertyIsWarnedOfOnceAndTheDefaultIsUsed(String name) throws Exception {
        String warning = warningOfJvmWith(parker(name));
        assertTrue(warning.contains("'" + name + "'"), warning);
        assertTrue(warning.contains("one of: locksupport, monitor, spin"), warning);
    }

    @Test
    void aWarningThatCannotBeLoggedDoesNotMatter() throws Exception {
        String logging = "-Djava.util.logging.manager=" + Unloggable.class.getName();
        List<String> printed = reportOfJvmWith(parker("nonsense"), logging);
        assertEquals(uses("locksupport", "no fence"), printed);
    }

    /** Has no logger for us. */
    public static final class Unloggable extends LogManager {
        @Override
        public Logger getLogger(String name) {
            if (name.startsWith("dev.parkinglot")) {
                throw new IllegalStateException("for this test");
            }
            return super.getLogger(name);
        }
    }

    @ParameterizedTest
    @CsvSource({"ulock, Mac", "waitaddress, Windows", "keyedevent, Windows"})
    void aBackendOfAnotherSystemIsWarnedOf(String backend, String system) throws Exception {
        assumeTrue(IS_LINUX);
        String warning = warningOfJvmWith(GRANT, parker(backend));
        assertTrue(warning.contains("'" + backend + "'"), warning);
        assertTrue(warning.contains("it is made for " + system + ", and this is Linux"), warning);
    }

    @Test
    void systemIsTheSystemsOwnWhateverItsName() throws Exception {
        assumeTrue(HAS_FUTEX);
        assertEquals(uses("futex", "fence"), reportOfJvmWith(GRANT, parker("system")));
    }

    @Test
    void whereTheSystemHasNoneOrItWasNotGrantedSystemIsWarnedOf() throws Exception {
        String warning = warningOfJvmWith(parker("system"));
        assertTrue(warning.contains("no parker backend of an operating system can be used here"), warning);
        assertTrue(warning.contains("one of: locksupport, monitor, spin"), warning);
    }

    @Test
    void theFenceCanBeSwitchedOff() throws Exception {
        assumeTrue(HAS_FUTEX);
        assertEquals(uses("locksupport", "no fence"), reportOfJvmWith(GRANT, "-D" + AsymmetricFence.PROPERTY + "=off"));
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
    void whereNativeAccessWasNotGrantedNamingASystemBackendIsWarnedOf() throws Exception {
        assumeTrue(IS_LINUX);
        String warning = warningOfJvmWith(parker("futex"));
        assertTrue(warning.contains("'futex'") && warning.contains(FEATURE >= 22 ? GRANT : "JDK 22"), warning);
        assertTrue(warning.contains("locksupport, monitor, spin"), warning);
    }

    @Test
    void whereNativeAccessWasGrantedItIsStillLocksupportAndTheFence() throws Exception {
        assumeTrue(HAS_FUTEX);
        assertEquals(uses("locksupport", "fence"), reportOfJvmWith(GRANT));
    }

    @Test
    void whereNativeAccessWasGrantedFutexCanBeNamed() throws Exception {
        assumeTrue(HAS_FUTEX);
        assertEquals(uses("futex", "fence"), reportOfJvmWith(GRANT, parker("futex")));
    }

    @Test
    void aJvmThatCannotCallNativeCodeUsesLocksupport() throws Exception {
        assumeTrue(HAS_FUTEX);
        String unsupported =
                "-Djdk.internal.foreign.CABI=UNSUPPORTED"; // as on a processor that the linker does not know
        assertEquals(uses("locksupport", "no fence"), reportOfJvmWith(GRANT, unsupported));
        String warning = warningOfJvmWith(GRANT, unsupported, parker("futex"));
        assertTrue(warning.contains("this JVM cannot call native code here"), warning);
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
        assertEquals(uses("futex", "fence"), output(new String[] {parker("system")}, "-jar", jar.toString()));
    }

    /** The Javadoc of {@link ParkerBackends} says so. */
    @Test
    void afterTheFirstRestrictedCallOfAnotherClassTheWholeClassPathIsGrantedAndTheJdkWarnsOfThatClassOnly()
            throws Exception {
        assumeTrue(HAS_FUTEX);
        String other = "dev.parkinglot.parkers.RestrictedCallFirst"; // in the newer sources
        List<String> printed = output(new String[] {parker("system")}, "-cp", CLASS_PATH, other);
        int lines = (int)
                printed.stream().takeWhile(line -> line.startsWith("WARNING:")).count();
        String warning = String.join("\n", printed.subList(0, lines));
        assertTrue(warning.contains("reinterpret has been called by " + other), printed::toString);
        assertFalse(warning.replace(other, "").contains("dev.parkinglot"), printed::toString);
        assertEquals(
                uses("futex", "fence"),
                printed.stream().skip(lines).filter(line -> !line.isEmpty()).toList());
    }

    // ---- as a module

    @Test
    void aModuleIsAskedForItsOwnGrant() throws Exception {
        assumeTrue(HAS_FUTEX);
        String grant = "--enable-native-access=dev.parkinglot.parkers";
        assertEquals(uses("futex", "fence"), reportOfModuleWith(grant, parker("futex")));
        assertEquals(uses("locksupport", "fence"), reportOfModuleWith(grant));
        String warning = warning(reportOfModuleWith(parker("futex")));
        assertTrue(warning.contains(grant), warning);
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
                "dev.parkinglot.parkers="
                        + String.join(
                                File.pathSeparator,
                                foldersOfLibrary().get(1),
                                folderOf(Report.class),
                                folderOf(ThreadKind.class)),
                "--add-modules",
                "java.management", // for TestThreads
                "--add-reads",
                "dev.parkinglot.parkers=java.management",
                "--module",
                "dev.parkinglot.parkers/" + Report.class.getName());
    }
}
