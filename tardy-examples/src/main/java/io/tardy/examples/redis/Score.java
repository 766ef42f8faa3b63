package io.tardy.examples.redis;

/** The numbers of sorted sets, as text. */
final class Score {

    private Score() {}

    static double parse(String text) throws CommandException {
        try {
            return switch (text) {
                case "inf", "+inf" -> Double.POSITIVE_INFINITY;
                case "-inf" -> Double.NEGATIVE_INFINITY;
                default -> {
                    double value = Double.parseDouble(text);
                    if (!text.matches("[-+0-9.eE]+") || Double.isInfinite(value)) {
                        throw new NumberFormatException();
                    }
                    yield value == 0 ? 0 : value; // there is no other zero
                }
            };
        } catch (NumberFormatException e) {
            throw new CommandException("ERR a score is a number, or inf, or -inf");
        }
    }

    static String text(double value) {
        if (Double.isInfinite(value)) {
            return value > 0 ? "inf" : "-inf";
        }
        boolean isWhole = value == Math.rint(value) && Math.abs(value) < 1e17;
        return isWhole ? Long.toString((long) value) : Double.toString(value);
    }
}
