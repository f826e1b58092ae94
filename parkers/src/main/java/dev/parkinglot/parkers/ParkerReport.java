package dev.parkinglot.parkers;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Which backends were found, which was chosen, and why. Made by {@link ParkerBackends#report()}.
 *
 * @param chosen the name of the chosen backend
 * @param why the reason for the choice, for people to read
 * @param candidates all backends in order of preference
 */
public record ParkerReport(String chosen, String why, List<Candidate> candidates) {
    /**
     * One backend.
     *
     * @param name its name
     * @param unavailableReason why it cannot be used here; empty if it can
     */
    public record Candidate(String name, Optional<String> unavailableReason) {
        @Override
        public String toString() {
            return name + ": "
                    + unavailableReason.map(reason -> "no, " + reason).orElse("yes");
        }
    }

    static ParkerReport of(ParkerBackend chosen, String property, List<ParkerBackend> backends) {
        String why = property == null
                ? "the first that works here"
                : "named by -D" + ParkerBackends.PROPERTY + "=" + property;
        return new ParkerReport(
                chosen.name(),
                why,
                backends.stream()
                        .map(backend -> new Candidate(backend.name(), backend.unavailableReason()))
                        .toList());
    }

    /**
     * A line for the choice, and one for each backend.
     *
     * @return lines separated by {@code \n}
     */
    @Override
    public String toString() {
        return candidates.stream()
                .map(candidate -> "  " + candidate)
                .collect(Collectors.joining("\n", "parker backend: " + chosen + ", " + why + "\n", ""));
    }
}
