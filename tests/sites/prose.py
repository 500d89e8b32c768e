"""Plausible prose from a seeded generator, in five languages; no two articles share much."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from random import Random


@dataclass(frozen=True, slots=True)
class Tongue:
    """What one language's sentences are made of: patterns, and the words for the `{slot}`s in them."""

    patterns: tuple[str, ...]
    titles: tuple[str, ...]
    words: Mapping[str, tuple[str, ...]]

    def sentences(self, rng: Random) -> Iterator[str]:
        """Sentences without end; a pattern comes back only after all the others."""
        while True:
            for pattern in rng.sample(self.patterns, len(self.patterns)):
                yield self._fill(rng, pattern)

    def title(self, rng: Random) -> str:
        return self._fill(rng, rng.choice(self.titles))

    def _fill(self, rng: Random, pattern: str) -> str:
        def choose(slot: re.Match[str]) -> str:
            name = slot[1]
            if name == "n":
                return str(rng.randint(3, 980))
            return str(rng.randint(1871, 2019)) if name == "year" else rng.choice(self.words[name])

        text = re.sub(r"\{(\w+)\}", choose, pattern)
        return text[0].upper() + text[1:]


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.strip().splitlines())


def _words(**lists: str) -> Mapping[str, tuple[str, ...]]:
    return {name: tuple(words.split("|")) for name, words in lists.items()}


ENGLISH = Tongue(
    _lines("""
        The {thing} in {place} has been {done} since {month}, and nobody at the {body} could say for how long.
        According to {person}, {n} {people} signed up within {time}.
        {person} has run the {venue} in {place} for {n} months, and {manner} refuses to raise the prices.
        In {year} the {thing} was {done} for the first time; the {adj} records are kept in {place}.
        Nobody expected the {adj} {thing} to last {time}.
        "We were never asked," says {person}, who has worked for the {body} since {year}.
        The {body} meets again in {month}, when {n} {people} are expected to speak.
        Between {place} and {place} the {thing} costs {n} crowns a day, {manner} more than it earns.
        It took {person} {time} to find out who had {done} the {thing}.
        What began as a {adj} idea at the {venue} now keeps {n} {people} busy.
        For {time} the {adj} {thing} stood empty, until {person} bought it from the {body}.
        There is no {thing} in {place} that {person} has not {done} at least once.
        Some of the {people} walked {n} kilometres to see the {adj} {thing}.
        If the {body} agrees, the {thing} will be {done} before the end of {month}.
        The {adj} part, {person} admits, was to explain it to the {people}.
        Only {n} of the {n} letters that reached the {body} were answered.
        On a {adj} morning in {month} the {thing} was {done} without a word of warning.
        {person} keeps a {adj} notebook in which every {thing} of {place} is listed.
        Last {month} alone the {venue} counted {n} visitors from {place}.
        Whether the {thing} can be {done} again depends on the {body}, and the {body} is silent.
        The {people} of {place} remember it differently.
        {manner} enough, it was {person} who {verb} the {adj} {thing} in {year}.
        When the {venue} closed in {year}, {n} {people} lost their {adj} evenings.
        A report of the {body} calls the {thing} "{adj} and {adj}", which in {place} counts as praise.
        From {month} to {month} the {thing} is open to {people} only.
        {person} {verb} the {thing}, {person} paid for it, and the {body} took the credit.
        The price of a {adj} {thing} rose by {n} crowns in {time}.
        Those who arrive from {place} by bus should ask for the {venue} behind the {thing}.
        Under the {thing} the workers found {n} {adj} coins and a letter from {year}.
        To this day the {venue} has neither a telephone nor a {thing}.
        The {people} were {manner} surprised, for the {thing} had been promised to {place}.
        Two things annoy {person}: the {adj} {thing}, and the questions of the {body}.
        After {time} of rain the {thing} looked {adj}, yet it held.
        By the count of the {body}, {n} households in {place} do without a {thing}.
        It is {n} years since anybody {verb} a {thing} here.
        He never {verb} the {thing}, he says; he only {verb} the paper that came with it.
        She had {verb} the {venue} for {time} before {person} noticed.
        Ask {person} about the {thing}, and you will hear the story of the {adj} winter of {year}.
        With {n} votes against {n} the {body} put the matter off until {month}.
        No {thing} without its {people}: that is how they put it in {place}.
        """),
    _lines("""
        The {adj} {thing} of {place}
        Why {place} wants its {thing} back
        {person} and the {thing}
        {n} {people} and one {adj} {thing}
        The {body}, the {venue} and a {adj} promise
        A {thing} for {place}
        How {person} {verb} the {venue}
        {month} in {place}: notes on a {adj} {thing}
        What the {body} forgot in {year}
        """),
    _words(
        thing="bridge|orchard|weighbridge|library|tram line|bell tower|greenhouse|slipway|windmill|footpath|"
        "telescope|brickworks|bakery oven|water tower|allotment|choir book|fire engine|steam crane|hedge|"
        "rope ferry|pear tree|town clock|map room|signal box|skating rink|beehive|printing press|cellar",
        place="Alderney Cross|Brackwater|Calder Moor|Dunmarrow|Eastness|Farrowby|Gullhaven|Hartsea|Inverlith|"
        "Kestrel Bay|Lower Thane|Marchwood|Northfold|Oxley|Penmarrick|Quarry End|Ravensey|Saltmere|Thornwick|"
        "Upper Wyre|Wexcombe|Yarrowdale",
        person="Ada Brindle|Tomas Kerr|Ines Marlowe|Jonah Whitlock|Mira Solberg|Edwin Pask|Greta Halloran|"
        "Samuel Otieno|Lena Fairweather|Piotr Zaleski|Ruth Cardew|Idris Vaughan|Nora Quill|Hugo Tremaine|"
        "Wanda Okafor|Felix Arden|Clara Nyberg|Owen Sadler",
        adj="narrow|stubborn|patient|half-finished|careful|unlikely|draughty|well-kept|rusty|generous|modest|"
        "forgotten|noisy|crooked|expensive|gentle|damp|reliable|curious|borrowed|cheerful|solemn|wooden|late",
        done="repaired|painted|moved|measured|locked|photographed|flooded|sold|borrowed|replaced|counted|"
        "restored|argued over|dismantled|insured|rented out|drawn",
        verb="rebuilt|catalogued|defended|inherited|mapped|cleaned|filmed|described|bought|guarded|lost|weighed",
        people="volunteers|apprentices|pensioners|gardeners|anglers|teachers|cyclists|tenants|singers|carpenters|"
        "bird-watchers|shopkeepers|commuters|beekeepers|archivists|rowers",
        body="parish council|harbour board|county archive|school committee|transport office|land registry|"
        "fire brigade|water company|museum trust|housing association",
        venue="reading room|night school|corner shop|repair café|boathouse|film club|market hall|chess club|"
        "concert barn|soup kitchen|print studio",
        time="three weeks|a single afternoon|eleven months|two winters|half a century|nine days|four years|"
        "a long summer|forty minutes",
        month="January|February|March|April|May|June|July|August|September|October|November|December",
        manner="oddly|cheerfully|considerably|quietly|plainly|somewhat|hardly|visibly|fairly",
    ),
)

GERMAN = Tongue(
    _lines("""
        {person} kennt {ort} seit {n} Jahren und wundert sich noch immer über {ding}.
        Im {monat} beschloss {amt}, {ding} für {n} Euro zu verkaufen.
        Niemand in {ort} wollte sich zu der Frage äußern, wem {ding} eigentlich gehört.
        Rund {n} {leute} kamen am Abend nach {ort}, obwohl es seit Tagen regnete.
        „Das haben wir uns {adv} anders vorgestellt“, sagt {person}.
        Schon {year} wurde über {ding} gestritten, damals allerdings {adv} lauter.
        Wer von {ort} nach {ort} fährt, kommt an {n} Baustellen vorbei.
        {amt} prüft den Antrag, und das dauert erfahrungsgemäß bis {monat}.
        Für die {leute} ist {ding} mehr als eine Erinnerung.
        Zwischen {monat} und {monat} bleibt alles geschlossen, danach wird {adv} weitergebaut.
        Am Ende waren es {n} Stimmen, die für {ding} den Ausschlag gaben.
        {person} hat {ding} fotografiert, vermessen und auf {n} Seiten beschrieben.
        Dass {ding} {adv} teurer wird, steht seit {monat} fest.
        In {ort} erzählt man die Geschichte etwas anders.
        """),
    _lines("""
        Streit um {ding} in {ort}
        {person}: {n} Jahre in {ort}
        Was {amt} mit {ding} vorhat
        Ein {monat} in {ort}
        """),
    _words(
        person="Hanna Voss|Jürgen Möller|Käthe Brandt|Emil Sönksen|Gülay Öztürk|Rainer Großmann|Lotte Jäger",
        ort="Altmühl|Brüggen|Düsterbeck|Ellernau|Grömitz|Hohenfähr|Lünborg|Mönkeberg|Süderhöft",
        ding="die alte Schleuse|das Strandbad|den Bahnhof|die Käserei|den Wasserturm|das Fährhaus|die Mühle",
        amt="der Gemeinderat|das Bauamt|die Denkmalpflege|der Deichverband|die Kreisverwaltung",
        leute="Gäste|Schülerinnen|Handwerker|Nachbarn|Sängerinnen|Angler|Landwirte",
        adv="deutlich|kaum|ziemlich|überraschend|endlich|keineswegs|erheblich",
        monat="Januar|Februar|März|April|Mai|Juni|Juli|August|September|Oktober|November|Dezember",
    ),
)

RUSSIAN = Tongue(
    _lines("""
        {person} приехал в город в {month} и остался здесь на {n} дней.
        По словам жителей, {thing} закрыли ещё в {year} году.
        На собрание пришли {n} {people}, но решение снова отложили.
        «Мы {adv} ждали этого», — говорит {person}.
        В {month} обещают отремонтировать {thing}, однако денег {adv} не хватает.
        Никто уже не помнит, кто построил {thing} и сколько это стоило.
        От вокзала до реки {n} минут пешком, и дорога {adv} красива.
        {person} записал воспоминания о том, как переносили {thing}.
        В архиве нашлись {n} писем, написанных в {year} году.
        Теперь {people} собираются здесь каждую субботу.
        Говорят, что {thing} {adv} изменили после {year} года.
        «Нас никто не спросил», — пишет {person} в письме от {year} года.
        Зимой сюда добираются только на лодке, и это занимает {n} минут.
        {person} нарисовал {thing} по памяти, ошибившись {adv} немного.
        Если бы не {people}, в {month} здесь открыли бы склад на {n} мест.
        Билет стоит {n} рублей, для детей вход свободный.
        Спор о том, кому передать {thing}, тянется с {year} года.
        """),
    _lines("""
        Как спасали {thing}
        {person}: письма {year} года
        Кто закрыл {thing}
        """),
    _words(
        person="Павел Ершов|Иван Лосев|Артём Белкин|Михаил Сорока|Фёдор Ключевой|Глеб Заречный",
        thing="старый мост|речной вокзал|городской сад|водяную мельницу|деревянную пристань|музей стекла",
        people="соседей|студентов|рыбаков|садоводов|учителей|плотников",
        adv="долго|давно|почти|особенно|по-прежнему|совсем",
        month="январе|феврале|марте|апреле|мае|июне|июле|августе|сентябре|октябре|ноябре|декабре",
    ),
)

GREEK = Tongue(
    _lines("""
        {person} ζει στο νησί εδώ και {n} μήνες και γράφει για {thing}.
        Το {year} έκλεισε {place}, και από τότε κανείς δεν μίλησε γι' αυτό.
        Περίπου {n} {people} ήρθαν στη συνάντηση της {day}ς.
        «Δεν μας ρώτησε κανείς», λέει {person}.
        Ο δήμος υποσχέθηκε {thing} πριν από {n} χρόνια.
        Από το λιμάνι μέχρι το χωριό ο δρόμος είναι {n} χιλιόμετρα.
        Στα χαρτιά του {year} διαβάζουμε ότι {place} άνηκε στους κατοίκους.
        Κάθε {day} οι {people} μαζεύονται μπροστά στο καφενείο.
        Το έργο κόστισε {n} χιλιάδες ευρώ, αλλά {thing} δεν την είδε κανείς.
        «Θυμάμαι ακόμη το {year}», γράφει {person} σε ένα μικρό τετράδιο.
        Το βράδυ της {day}ς μετρήσαμε {n} βάρκες στο λιμάνι.
        Όταν φυσάει βοριάς, οι {people} μένουν στο σπίτι για {n} ώρες.
        Ύστερα από {n} ημέρες {place} άνοιξε ξανά, χωρίς εξηγήσεις.
        Η απόφαση θα ληφθεί την επόμενη {day}, αν έρθουν οι {people}.
        Με {n} υπογραφές στα χέρια, {person} πήγε στο δημαρχείο.
        """),
    _lines("""
        Πώς έκλεισε {place}
        {person}: ένα καλοκαίρι του {year}
        Περιμένοντας {thing}
        """),
    _words(
        person="η Ελένη Μαυρίδη|ο Νίκος Καραλής|η Σοφία Ρήγα|ο Γιώργος Λάμπρου|η Άννα Βενιέρη",
        thing="τη νέα γέφυρα|την παλιά βιβλιοθήκη|τη γραμμή του πλοίου|την πλατεία της αγοράς",
        place="το μικρό σχολείο|το ελαιοτριβείο|το ταχυδρομείο|το ναυπηγείο",
        people="ψαράδες|μαθητές|γείτονες|δάσκαλοι|επισκέπτες",
        day="Δευτέρα|Τρίτη|Τετάρτη|Πέμπτη|Παρασκευή",
    ),
)

SPANISH = Tongue(
    _lines("""
        {person} lleva {n} meses buscando {cosa} en los archivos de {lugar}.
        En {mes} llegaron {n} {gente} a {lugar}, muchos más de los previstos.
        «Nadie nos preguntó», dice {person} mientras cierra la puerta.
        El ayuntamiento de {lugar} prometió {cosa} en {year} y todavía la esperan.
        Entre {lugar} y {lugar} el camino se ha vuelto {adv} más corto.
        Según los {gente}, {cosa} costó {n} pesetas de las de entonces.
        Desde {year} no se había visto nada {adv} parecido.
        ¿Quién recuerda hoy {cosa}? Apenas {n} personas, calcula {person}.
        La reunión de {mes} terminó tarde, con {n} firmas y ninguna respuesta.
        A {person} le gusta contar que {cosa} empezó con una apuesta.
        Hace {n} semanas que los {gente} de {lugar} se reúnen los jueves.
        Cuando llueve en {mes}, {cosa} queda {adv} en silencio.
        {person} guarda {n} fotografías de {lugar}, todas sin fecha.
        La carta de {year} menciona {cosa} con una letra {adv} ilegible.
        ¡Cuánto ha cambiado {lugar} desde {year}!
        """),
    _lines("""
        {person} y los {gente} de {lugar}
        En busca de la memoria de {lugar}
        Un {mes} en {lugar}
        """),
    _words(
        person="Lucía Ordóñez|Íñigo Peña|Marta Cañizares|Andrés Solís|Pilar Núñez|Tomás Echevarría",
        lugar="Valdeárbol|Peñaflor|San Telmo|Almodóvar|Riaño|Cabo Ermita",
        cosa="la escuela nocturna|la vía del tren|una fuente pública|la fábrica de hielo|la banda de música",
        gente="vecinos|pastores|maestros|viajeros|músicos|pescadores",
        adv="bastante|apenas|claramente|casi|demasiado",
        mes="enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre",
    ),
)

TONGUES: Mapping[str, Tongue] = {"en": ENGLISH, "de": GERMAN, "ru": RUSSIAN, "el": GREEK, "es": SPANISH}
