package dev.parkinglot.parkers;

/**
 * A system that compares the word and begins to wait in one step: where the word is no longer ASLEEP the wait returns
 * at once, and a wake at the address that comes after the word was changed ends it. A wake that finds nobody is lost
 * without harm.
 *
 * <p>So a waker that finds the word WOKEN wakes, too: it cannot know whether the other one ever will (it may have run
 * out of stack), and a wake too many ends at worst a wait that is begun anew.
 */
abstract class ComparingWait extends AddressWait {
    /** Wakes whoever waits at a word, if anybody does. */
    abstract void wakeAt(WaitWord word);

    @Override
    final void wake(WaitWord word) {
        if (word.wordVolatile() != WaitWord.AWAKE && word.caeWord(WaitWord.ASLEEP, WaitWord.WOKEN) != WaitWord.AWAKE) {
            wakeAt(word);
        }
    }

    @Override
    final void leave(WaitWord word, Outcome outcome) {
        word.setVolatile(WaitWord.AWAKE);
    }
}
