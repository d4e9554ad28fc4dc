"""Abbreviations, units, currencies and other names that English text shortens."""

from __future__ import annotations

MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip

#: Before a name that starts with a capital.
TITLES = {
    "Mr": "Mister", "Mrs": "Missus", "Ms": "Miz", "Dr": "Doctor", "Prof": "Professor", "St": "Saint", "Mt": "Mount",
    "Ft": "Fort", "Gen": "General", "Gov": "Governor", "Sen": "Senator", "Rep": "Representative", "Capt": "Captain",
    "Lt": "Lieutenant", "Col": "Colonel", "Sgt": "Sergeant", "Cmdr": "Commander", "Rev": "Reverend", "Hon": "Honorable",
    "Pres": "President", "Supt": "Superintendent", "Cpl": "Corporal", "Maj": "Major", "Adm": "Admiral", "Fr": "Father",
}  # fmt: skip

#: After the name of a street.
STREETS = {
    "St": "Street", "Dr": "Drive", "Ave": "Avenue", "Blvd": "Boulevard", "Rd": "Road", "Ln": "Lane", "Hwy": "Highway",
    "Pkwy": "Parkway", "Sq": "Square", "Ct": "Court", "Pl": "Place",
}  # fmt: skip

#: With their period, anywhere.
ABBREVIATIONS = {
    "Jr.": "Junior", "Sr.": "Senior", "Ste.": "Suite", "Apt.": "Apartment", "Bldg.": "Building", "Ltd.": "Limited",
    "Inc.": "Incorporated", "Corp.": "Corporation", "Co.": "Company", "Bros.": "Brothers", "Dept.": "Department",
    "dept.": "department", "Univ.": "University", "Assn.": "Association", "Govt.": "Government", "govt.": "government",
    "approx.": "approximately", "est.": "established", "vs.": "versus", "vs": "versus", "v.": "versus",
    "etc.": "et cetera", "e.g.": "for example", "E.g.": "For example", "I.e.": "That is", "i.e.": "that is",
    "cf.": "compare", "et al.": "and others",
    "a.k.a.": "also known as", "aka": "also known as", "w/": "with", "w/o": "without", "incl.": "including",
    "excl.": "excluding", "max.": "maximum", "min.": "minimum", "avg.": "average", "temp.": "temperature",
    "tel.": "telephone", "Tel.": "telephone", "ext.": "extension", "Ext.": "extension", "asst.": "assistant",
    "Jan.": "January", "Feb.": "February", "Mar.": "March", "Apr.": "April", "Jun.": "June", "Jul.": "July",
    "Aug.": "August", "Sep.": "September", "Sept.": "September", "Oct.": "October", "Nov.": "November",
    "Dec.": "December", "Mon.": "Monday", "Tue.": "Tuesday", "Tues.": "Tuesday", "Wed.": "Wednesday",
    "Thu.": "Thursday", "Thur.": "Thursday", "Thurs.": "Thursday", "Fri.": "Friday",
}  # fmt: skip

#: Only before a number.
BEFORE_NUMBER = {
    "No": "number", "Nos": "numbers", "no": "number", "nos": "numbers", "Fig": "figure", "fig": "figure", "p": "page",
    "pp": "pages", "ch": "chapter", "Ch": "chapter", "vol": "volume", "Vol": "volume", "Sec": "section", "sec": "section",
    "art": "article", "Art": "article", "ver": "version", "Ver": "version", "ca": "around", "c": "around",
}  # fmt: skip

WEEKDAYS = {
    "Mon": "Monday", "Tue": "Tuesday", "Tues": "Tuesday", "Wed": "Wednesday", "Thu": "Thursday", "Thurs": "Thursday",
    "Fri": "Friday", "Sat": "Saturday", "Sun": "Sunday",
}  # fmt: skip

#: After a number: singular, plural.
UNITS = {
    "km": ("kilometer", "kilometers"), "cm": ("centimeter", "centimeters"), "mm": ("millimeter", "millimeters"),
    "m": ("meter", "meters"), "kg": ("kilogram", "kilograms"), "g": ("gram", "grams"), "mg": ("milligram", "milligrams"),
    "µg": ("microgram", "micrograms"), "mcg": ("microgram", "micrograms"), "lb": ("pound", "pounds"),
    "lbs": ("pound", "pounds"), "oz": ("ounce", "ounces"), "ft": ("foot", "feet"), "yd": ("yard", "yards"),
    "mi": ("mile", "miles"), "ml": ("milliliter", "milliliters"), "mL": ("milliliter", "milliliters"),
    "cl": ("centiliter", "centiliters"), "l": ("liter", "liters"), "L": ("liter", "liters"), "ha": ("hectare", "hectares"),
    "h": ("hour", "hours"), "hr": ("hour", "hours"), "hrs": ("hour", "hours"), "min": ("minute", "minutes"),
    "mins": ("minute", "minutes"), "s": ("second", "seconds"), "sec": ("second", "seconds"), "secs": ("second", "seconds"),
    "ms": ("millisecond", "milliseconds"), "µs": ("microsecond", "microseconds"), "ns": ("nanosecond", "nanoseconds"),
    "km/h": ("kilometer per hour", "kilometers per hour"), "kph": ("kilometer per hour", "kilometers per hour"),
    "mph": ("mile per hour", "miles per hour"), "m/s": ("meter per second", "meters per second"),
    "Hz": ("hertz", "hertz"), "kHz": ("kilohertz", "kilohertz"), "MHz": ("megahertz", "megahertz"),
    "GHz": ("gigahertz", "gigahertz"), "kB": ("kilobyte", "kilobytes"), "KB": ("kilobyte", "kilobytes"),
    "MB": ("megabyte", "megabytes"), "GB": ("gigabyte", "gigabytes"), "TB": ("terabyte", "terabytes"),
    "kbps": ("kilobit per second", "kilobits per second"), "Mbps": ("megabit per second", "megabits per second"),
    "Gbps": ("gigabit per second", "gigabits per second"), "fps": ("frame per second", "frames per second"),
    "px": ("pixel", "pixels"), "dpi": ("dot per inch", "dots per inch"), "W": ("watt", "watts"),
    "kW": ("kilowatt", "kilowatts"), "MW": ("megawatt", "megawatts"), "GW": ("gigawatt", "gigawatts"),
    "Wh": ("watt hour", "watt hours"), "kWh": ("kilowatt hour", "kilowatt hours"), "V": ("volt", "volts"),
    "mAh": ("milliamp hour", "milliamp hours"), "dB": ("decibel", "decibels"), "kcal": ("kilocalorie", "kilocalories"),
    "cal": ("calorie", "calories"), "sq ft": ("square foot", "square feet"), "sq mi": ("square mile", "square miles"),
    "m²": ("square meter", "square meters"), "km²": ("square kilometer", "square kilometers"),
    "cm²": ("square centimeter", "square centimeters"), "m³": ("cubic meter", "cubic meters"),
    "cm³": ("cubic centimeter", "cubic centimeters"), "ft²": ("square foot", "square feet"),
    "°C": ("degree Celsius", "degrees Celsius"), "°F": ("degree Fahrenheit", "degrees Fahrenheit"),
    "°": ("degree", "degrees"),
    "M": ("million", "million"), "bn": ("billion", "billion"), "%": ("percent", "percent"), "‰": ("per mille", "per mille"),
    "pct": ("percent", "percent"),
    "tbsp": ("tablespoon", "tablespoons"), "tsp": ("teaspoon", "teaspoons"), "yrs": ("year", "years"), "yr": ("year", "years"),
    "wk": ("week", "weeks"),
    "wks": ("week", "weeks"), "pts": ("point", "points"),
}  # fmt: skip

#: Symbol or code: singular, plural, one hundredth (None where there is none).
CURRENCIES = {
    "$": ("dollar", "dollars", "cent"), "US$": ("dollar", "dollars", "cent"), "A$": ("Australian dollar", "Australian dollars", "cent"),
    "C$": ("Canadian dollar", "Canadian dollars", "cent"), "£": ("pound", "pounds", "penny"), "€": ("euro", "euros", "cent"),
    "¥": ("yen", "yen", None), "₹": ("rupee", "rupees", "paisa"), "₩": ("won", "won", None), "USD": ("dollar", "dollars", "cent"),
    "EUR": ("euro", "euros", "cent"), "GBP": ("pound", "pounds", "penny"), "CHF": ("Swiss franc", "Swiss francs", "centime"),
    "JPY": ("yen", "yen", None), "CNY": ("yuan", "yuan", None), "RMB": ("yuan", "yuan", None), "INR": ("rupee", "rupees", "paisa"),
}  # fmt: skip
HUNDREDTHS = {"cent": "cents", "penny": "pence", "paisa": "paise", "centime": "centimes"}
MAGNITUDES = {
    "k": "thousand", "K": "thousand", "m": "million", "M": "million", "mn": "million", "mm": "million", "b": "billion",
    "B": "billion", "bn": "billion", "t": "trillion", "T": "trillion", "tn": "trillion", "hundred": "hundred",
    "thousand": "thousand", "million": "million", "billion": "billion", "trillion": "trillion",
}  # fmt: skip

#: Words after which a Roman numeral is a cardinal, and names after which it is an ordinal.
ROMAN_CARDINALS = (
    "World War", "Super Bowl", "Chapter", "Part", "Act", "Scene", "Section", "Volume", "Book", "Phase", "Article", "Mark",
    "Type", "Level", "Stage", "Class", "Grade", "Apollo", "Gemini", "Final Fantasy", "Episode", "Round", "Rocky", "Title",
    "Appendix", "Tier", "Category", "Schedule", "Generation", "Season",
)  # fmt: skip
ROMAN_ORDINALS = (
    "Henry", "Louis", "Edward", "George", "William", "Charles", "James", "Richard", "Elizabeth", "Napoleon", "Pius",
    "Benedict", "Leo", "John Paul", "Ramses", "Frederick", "Philip", "Alexander", "Nicholas", "Peter", "Catherine", "Ivan",
    "Umberto", "Victor Emmanuel", "Gustav", "Christian", "Ferdinand", "Francis", "Clement", "Gregory", "Innocent", "Urban",
    "Otto", "Robert", "Haakon", "Harald", "Felipe", "Alfonso", "Juan Carlos", "Margaret", "Christina", "Cleopatra",
)  # fmt: skip

#: Words after which digits are a label.
LABELLED = ("Room", "room", "Flight", "flight", "Route", "route", "Highway", "highway", "Suite", "suite", "Apartment",
            "apartment", "Bus", "bus", "Gate", "gate", "Interstate", "Area", "Boeing")  # fmt: skip

SYMBOLS = {
    "&": " and ", "+": " plus ", "=": " equals ", "<": " less than ", ">": " greater than ", "~": " about ", "≈": " about ",
    "°": " degrees ", "¢": " cents ", "§": " section ", "¶": " paragraph ", "±": " plus or minus ", "×": " times ",
    "÷": " divided by ", "→": " to ", "µ": " micro ", "π": " pi ", "∞": " infinity ", "√": " square root of ",
    "≤": " at most ", "≥": " at least ", "≠": " is not ", "@": " at ", "%": " percent ", "#": " hash ", "$": " dollars ",
    "€": " euros ", "£": " pounds ", "¥": " yen ", "²": " squared ", "³": " cubed ", "©": " copyright ", "^": " to the power of ",
}  # fmt: skip
