package dev.parkinglot.examples.migration;

import java.util.function.Function;

/**
 * A cache that forgets what was not asked for longest.
 *
 * @param <K> the type of the keys
 * @param <V> the type of the values, none of them null
 */
public interface Cache<K, V> {
    /**
     * Looks a value up, and computes and keeps it if it is not there.
     *
     * @param key the key
     * @param load computes the value; called at most once for each miss
     * @return the value
     */
    V get(K key, Function<? super K, ? extends V> load);

    /**
     * How many values it holds.
     *
     * @return at most the capacity
     */
    int size();
}
