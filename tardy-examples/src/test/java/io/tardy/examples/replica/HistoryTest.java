package io.tardy.examples.replica;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

final class HistoryTest {

    private final History history = new History("x");

    private void write(String value) {
        history.askToWrite(value);
        history.written(value);
    }

    private void read(String value) {
        history.read(history.ask(), value);
    }

    private void isLinearizable() {
        assertThatCode(history::check).doesNotThrowAnyException();
    }

    private void isNot() {
        assertThatThrownBy(history::check).isInstanceOf(AssertionError.class);
    }

    @Test
    void oneAfterTheOther() {
        read(null);
        write("a");
        read("a");
        write("b");
        read("b");
        read("b");
        isLinearizable();
    }

    @Test
    void aReadOfWhatIsNoMore() {
        write("a");
        write("b");
        read("a");
        isNot();
    }

    @Test
    void aReadOfNothingAfterAWrite() {
        write("a");
        read(null);
        isNot();
    }

    @Test
    void aReadOfWhatNobodyWrites() {
        read("a");
        isNot();
    }

    @Test
    void aReadBeforeTheWrite() {
        read("a");
        write("a");
        isNot();
    }

    @Test
    void writesAtTheSameTimeGoEitherWay() {
        history.askToWrite("a");
        history.askToWrite("b");
        history.written("b");
        history.written("a");
        read("b");
        isLinearizable();
    }

    @Test
    void butNotBothWays() {
        history.askToWrite("a");
        history.askToWrite("b");
        history.written("b");
        history.written("a");
        read("b");
        read("a");
        isNot();
    }

    @Test
    void aWriteWithoutAnAnswerMayHappenLate() {
        history.askToWrite("a");
        write("b");
        read("b");
        read("a");
        isLinearizable();
    }

    @Test
    void orNever() {
        history.askToWrite("a");
        write("b");
        read("b");
        isLinearizable();
    }

    @Test
    void butOnlyOnce() {
        history.askToWrite("a");
        read("a");
        write("b");
        read("b");
        read("a");
        isNot();
    }

    @Test
    void aWriteIsLostBetweenTwoReadsOfTheOne() {
        write("a");
        write("b");
        read("a");
        isNot();
    }

    @Test
    void readsAtTheSameTimeMaySeeTheOldAndTheNew() {
        write("a");
        long early = history.ask();
        history.askToWrite("b");
        read("b");
        history.read(early, "a");
        history.written("b");
        isLinearizable();
    }
}
