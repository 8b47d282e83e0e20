"""Short texts about exercises in each of the 33 languages: what users write, at the lengths they
write it.

Each language has, in this order, a cue of a few words (a comment), one sentence, two sentences, a
list in Markdown and a longer description.
"""

TEXTS = {
    "ar": (
        "حافظ على استقامة ظهرك طوال الحركة.",
        "اجلس على المقعد وارفع الوزن ببطء حتى مستوى الكتفين.",
        "قف وقدماك متباعدتان بعرض الكتفين. انزل حتى يصبح فخذاك موازيين للأرض ثم عد إلى الوضع الأول.",
        "* أمسك البار بكلتا يديك\n* اسحب المرفقين إلى الخلف\n* لا تحبس أنفاسك أثناء التمرين",
        "استلق على بطنك ثم ارفع جسمك على الساعدين وأصابع القدمين. شد عضلات البطن ولا تدع الوركين "
        "يهبطان. ابق في هذا الوضع ثلاثين ثانية ثم استرح.",
    ),
    "az": (
        "Bütün hərəkət boyu belinizi düz saxlayın.",
        "Skamyada oturun və çəkini yavaş-yavaş çiyin səviyyəsinə qədər qaldırın.",
        "Ayaqlarınızı çiyin enində açıb durun. Budlarınız yerə paralel olana qədər enin, sonra "
        "əvvəlki vəziyyətə qayıdın.",
        "* Ştanqı iki əllə tutun\n* Dirsəkləri arxaya çəkin\n* Məşq zamanı nəfəsinizi saxlamayın",
        "Qarnınız üstə uzanın, sonra bədəninizi qollarınız və ayaq barmaqlarınız üzərində qaldırın. "
        "Qarın əzələlərini sıxın və ombaların aşağı düşməsinə imkan verməyin. Otuz saniyə bu "
        "vəziyyətdə qalın və dincəlin.",
    ),
    "bg": (
        "Дръжте гърба изправен през цялото движение.",
        "Седнете на пейката и бавно вдигнете тежестта до нивото на раменете.",
        "Застанете с крака на ширината на раменете. Клекнете, докато бедрата станат успоредни на "
        "пода, и се върнете нагоре.",
        "* Хванете лоста с две ръце\n* Издърпайте лактите назад\n* Не задържайте дъха си по време на упражнението",
        "Легнете по корем и се повдигнете на лактите и пръстите на краката. Стегнете коремните "
        "мускули и не позволявайте на таза да пада. Останете в това положение тридесет секунди и си "
        "починете.",
    ),
    "ca": (
        "Mantén l'esquena recta durant tot el moviment.",
        "Seu al banc i aixeca el pes a poc a poc fins a l'altura de les espatlles.",
        "Posa't dret amb els peus separats a l'amplada de les espatlles. Baixa fins que les cuixes "
        "quedin paral·leles al terra i torna a pujar.",
        "* Agafa la barra amb les dues mans\n* Porta els colzes cap enrere\n* No aguantis la "
        "respiració durant l'exercici",
        "Estira't de bocaterrosa i aixeca el cos sobre els avantbraços i les puntes dels peus. "
        "Contreu els abdominals i no deixis caure els malucs. Queda't així trenta segons i després "
        "descansa.",
    ),
    "cs": (
        "Po celou dobu pohybu držte záda rovně.",
        "Posaďte se na lavici a pomalu zvedněte závaží do úrovně ramen.",
        "Stůjte s chodidly na šířku ramen. Klesejte, dokud nebudou stehna rovnoběžně s podlahou, a "
        "pak se vraťte nahoru.",
        "* Uchopte činku oběma rukama\n* Přitáhněte lokty dozadu\n* Během cvičení nezadržujte dech",
        "Lehněte si na břicho a zvedněte tělo na předloktí a špičky nohou. Zpevněte břišní svaly a "
        "nenechte boky klesnout. Vydržte v této poloze třicet sekund a potom si odpočiňte.",
    ),
    "de": (
        "Halte den Rücken immer gerade.",
        "Setz dich auf die Bank und hebe das Gewicht langsam bis auf Schulterhöhe.",
        "Stell dich schulterbreit hin. Geh so weit in die Hocke, bis die Oberschenkel parallel zum "
        "Boden sind, und komm wieder hoch.",
        "* Greif die Stange mit beiden Händen\n* Zieh die Ellenbogen nach hinten\n* Halte während "
        "der Übung nicht die Luft an",
        "Leg dich auf den Bauch und drücke dich auf Unterarme und Zehenspitzen hoch. Spanne die "
        "Bauchmuskeln an und lass die Hüfte nicht durchhängen. Bleib dreißig Sekunden so und ruh "
        "dich dann aus.",
    ),
    "el": (
        "Κράτα την πλάτη σου ίσια σε όλη την κίνηση.",
        "Κάθισε στον πάγκο και σήκωσε αργά το βάρος μέχρι το ύψος των ώμων.",
        "Στάσου με τα πόδια στο άνοιγμα των ώμων. Κατέβα μέχρι οι μηροί να γίνουν παράλληλοι με το "
        "πάτωμα και ανέβα ξανά.",
        "* Πιάσε την μπάρα με τα δύο χέρια\n* Τράβα τους αγκώνες προς τα πίσω\n* Μην κρατάς την αναπνοή σου",
        "Ξάπλωσε μπρούμυτα και σήκωσε το σώμα σου στους πήχεις και στις μύτες των ποδιών. Σφίξε "
        "τους κοιλιακούς και μην αφήσεις τη λεκάνη να πέσει. Μείνε έτσι τριάντα δευτερόλεπτα και "
        "ξεκουράσου.",
    ),
    "en": (
        "Keep your core tight.",
        "Sit on the bench and slowly raise the weight to shoulder height.",
        "Stand with your feet shoulder-width apart. Squat down until your thighs are parallel to "
        "the floor and push back up.",
        "* Grip the bar with both hands\n* Pull the elbows back\n* Do not hold your breath during the exercise",
        "Lie face down and raise your body on your forearms and toes. Tighten your abs and do not "
        "let the hips sag. Stay like this for thirty seconds, then take a rest.",
    ),
    "eo": (
        "Tenu vian dorson rekta dum la tuta movo.",
        "Sidiĝu sur la benko kaj malrapide levu la pezon ĝis la nivelo de la ŝultroj.",
        "Staru kun la piedoj disigitaj laŭ la larĝo de la ŝultroj. Kaŭriĝu ĝis viaj femuroj estas "
        "paralelaj al la planko kaj restariĝu.",
        "* Prenu la stangon per ambaŭ manoj\n* Tiru la kubutojn malantaŭen\n* Ne retenu la spiron dum la ekzerco",
        "Kuŝiĝu sur la ventro kaj levu la korpon sur la antaŭbrakojn kaj la piedfingrojn. Streĉu la "
        "ventrajn muskolojn kaj ne lasu la koksojn malsupreniri. Restu tiel tridek sekundojn kaj "
        "poste ripozu.",
    ),
    "es": (
        "No arquees la espalda al bajar.",
        "Siéntate en el banco y levanta el peso despacio hasta la altura de los hombros.",
        "Ponte de pie con los pies separados al ancho de los hombros. Baja hasta que los muslos "
        "queden paralelos al suelo y vuelve a subir.",
        "* Agarra la barra con las dos manos\n* Lleva los codos hacia atrás\n* No aguantes la "
        "respiración durante el ejercicio",
        "Túmbate boca abajo y levanta el cuerpo sobre los antebrazos y las puntas de los pies. "
        "Aprieta los abdominales y no dejes caer las caderas. Quédate así treinta segundos y "
        "después descansa.",
    ),
    "fa": (
        "در تمام طول حرکت کمر خود را صاف نگه دارید.",
        "روی نیمکت بنشینید و وزنه را آرام تا ارتفاع شانه بالا ببرید.",
        "با پاهای باز به عرض شانه بایستید. آنقدر پایین بروید که ران‌ها موازی زمین شوند و سپس به بالا برگردید.",
        "* میله را با هر دو دست بگیرید\n* آرنج‌ها را به عقب بکشید\n* در حین تمرین نفس خود را حبس نکنید",
        "روی شکم دراز بکشید و بدن را روی ساعدها و انگشتان پا بالا ببرید. عضلات شکم را منقبض کنید و "
        "نگذارید باسن پایین بیفتد. سی ثانیه در این حالت بمانید و بعد استراحت کنید.",
    ),
    "fi": (
        "Pidä selkä suorana koko liikkeen ajan.",
        "Istu penkille ja nosta paino hitaasti olkapäiden korkeudelle.",
        "Seiso jalat hartioiden leveydellä. Kyykisty, kunnes reidet ovat lattian suuntaisesti, ja nouse takaisin ylös.",
        "* Tartu tankoon molemmin käsin\n* Vedä kyynärpäät taakse\n* Älä pidätä hengitystä harjoituksen aikana",
        "Asetu päinmakuulle ja nosta vartalo kyynärvarsien ja varpaiden varaan. Jännitä "
        "vatsalihakset äläkä päästä lantiota notkahtamaan. Pysy asennossa kolmekymmentä sekuntia ja "
        "lepää sitten.",
    ),
    "fr": (
        "Gardez toujours le dos droit.",
        "Asseyez-vous sur le banc et levez lentement le poids jusqu'à la hauteur des épaules.",
        "Tenez-vous debout, les pieds écartés à la largeur des épaules. Descendez jusqu'à ce que "
        "les cuisses soient parallèles au sol, puis remontez.",
        "* Saisissez la barre à deux mains\n* Tirez les coudes vers l'arrière\n* Ne bloquez pas votre respiration",
        "Allongez-vous sur le ventre et soulevez le corps sur les avant-bras et la pointe des "
        "pieds. Contractez les abdominaux et ne laissez pas tomber les hanches. Restez ainsi trente "
        "secondes, puis reposez-vous.",
    ),
    "he": (
        "שמרו על גב ישר לאורך כל התנועה.",
        "שבו על הספסל והרימו לאט את המשקולת עד לגובה הכתפיים.",
        "עמדו ברגליים פשוקות ברוחב הכתפיים. רדו עד שהירכיים מקבילות לרצפה וחזרו למעלה.",
        "* אחזו במוט בשתי הידיים\n* משכו את המרפקים לאחור\n* אל תעצרו את הנשימה במהלך התרגיל",
        "שכבו על הבטן והרימו את הגוף על האמות ועל קצות האצבעות. כווצו את שרירי הבטן ואל תיתנו לאגן "
        "לצנוח. הישארו כך שלושים שניות ואז נוחו.",
    ),
    "hr": (
        "Držite leđa ravno tijekom cijelog pokreta.",
        "Sjednite na klupu i polako podignite uteg do visine ramena.",
        "Stanite sa stopalima u širini ramena. Spuštajte se dok bedra ne budu paralelna s podom, a "
        "zatim se vratite gore.",
        "* Uhvatite šipku objema rukama\n* Povucite laktove unatrag\n* Ne zadržavajte dah tijekom vježbe",
        "Lezite na trbuh i podignite tijelo na podlaktice i nožne prste. Stegnite trbušne mišiće i "
        "ne dopustite da kukovi propadnu. Ostanite tako trideset sekundi, a zatim se odmorite.",
    ),
    "id": (
        "Jaga punggung tetap lurus selama gerakan.",
        "Duduklah di bangku dan angkat beban perlahan sampai setinggi bahu.",
        "Berdirilah dengan kaki dibuka selebar bahu. Turunkan badan sampai paha sejajar dengan "
        "lantai, lalu naik kembali.",
        "* Pegang palang dengan kedua tangan\n* Tarik siku ke belakang\n* Jangan menahan napas selama latihan",
        "Berbaringlah tengkurap lalu angkat tubuh dengan bertumpu pada lengan bawah dan ujung kaki. "
        "Kencangkan otot perut dan jangan biarkan pinggul turun. Bertahanlah selama tiga puluh "
        "detik, kemudian istirahat.",
    ),
    "it": (
        "Tieni la schiena sempre dritta.",
        "Siediti sulla panca e solleva lentamente il peso fino all'altezza delle spalle.",
        "Stai in piedi con i piedi alla larghezza delle spalle. Scendi finché le cosce sono "
        "parallele al pavimento e poi risali.",
        "* Afferra il bilanciere con entrambe le mani\n* Tira i gomiti indietro\n* Non trattenere il respiro",
        "Sdraiati a pancia in giù e solleva il corpo sugli avambracci e sulle punte dei piedi. "
        "Contrai gli addominali e non lasciare cadere il bacino. Resta così per trenta secondi e "
        "poi riposati.",
    ),
    "ko": (
        "동작 내내 허리를 곧게 유지하세요.",
        "벤치에 앉아 무게를 어깨 높이까지 천천히 들어 올립니다.",
        "발을 어깨너비로 벌리고 섭니다. 허벅지가 바닥과 평행이 될 때까지 내려갔다가 다시 올라옵니다.",
        "* 두 손으로 바를 잡습니다\n* 팔꿈치를 뒤로 당깁니다\n* 운동하는 동안 숨을 참지 마세요",
        "엎드려서 팔뚝과 발끝으로 몸을 들어 올립니다. 복근에 힘을 주고 엉덩이가 처지지 않게 합니다. "
        "삼십 초 동안 유지한 다음 쉬세요.",
    ),
    "nl": (
        "Houd je rug de hele tijd recht.",
        "Ga op de bank zitten en til het gewicht langzaam op tot schouderhoogte.",
        "Sta met je voeten op schouderbreedte. Zak door je knieën tot je bovenbenen evenwijdig aan "
        "de vloer zijn en kom weer omhoog.",
        "* Pak de stang met beide handen vast\n* Trek de ellebogen naar achteren\n* Houd je adem "
        "niet in tijdens de oefening",
        "Ga op je buik liggen en til je lichaam op je onderarmen en tenen. Span je buikspieren aan "
        "en laat je heupen niet doorzakken. Blijf dertig seconden zo en rust daarna uit.",
    ),
    "no": (
        "Hold ryggen rett gjennom hele bevegelsen.",
        "Sett deg på benken og løft vekten sakte opp til skulderhøyde.",
        "Stå med føttene i skulderbreddes avstand. Gå ned til lårene er parallelle med gulvet, og press deg opp igjen.",
        "* Ta tak i stangen med begge hender\n* Trekk albuene bakover\n* Ikke hold pusten mens du gjør øvelsen",
        "Legg deg på magen og løft kroppen opp på underarmene og tærne. Stram magemusklene og ikke "
        "la hoftene synke ned. Bli slik i tretti sekunder, og hvil deg etterpå.",
    ),
    "pl": (
        "Przez cały ruch trzymaj proste plecy.",
        "Usiądź na ławce i powoli unieś ciężar do wysokości barków.",
        "Stań w rozkroku na szerokość barków. Zejdź w dół, aż uda będą równoległe do podłogi, a potem wróć do góry.",
        "* Chwyć sztangę obiema rękami\n* Pociągnij łokcie do tyłu\n* Nie wstrzymuj oddechu podczas ćwiczenia",
        "Połóż się na brzuchu i unieś ciało na przedramionach i palcach stóp. Napnij mięśnie "
        "brzucha i nie pozwól, żeby biodra opadły. Wytrzymaj tak trzydzieści sekund, a potem "
        "odpocznij.",
    ),
    "pt": (
        "Mantenha as costas sempre retas.",
        "Sente-se no banco e levante o peso devagar até a altura dos ombros.",
        "Fique em pé com os pés afastados na largura dos ombros. Desça até que as coxas fiquem "
        "paralelas ao chão e suba de novo.",
        "* Segure a barra com as duas mãos\n* Puxe os cotovelos para trás\n* Não prenda a "
        "respiração durante o exercício",
        "Deite-se de barriga para baixo e levante o corpo sobre os antebraços e as pontas dos pés. "
        "Contraia o abdômen e não deixe o quadril cair. Fique assim por trinta segundos e depois "
        "descanse.",
    ),
    "ro": (
        "Ține spatele drept pe toată durata mișcării.",
        "Așază-te pe bancă și ridică greutatea încet până la înălțimea umerilor.",
        "Stai cu picioarele depărtate la lățimea umerilor. Coboară până când coapsele sunt paralele "
        "cu podeaua, apoi urcă.",
        "* Prinde bara cu ambele mâini\n* Trage coatele în spate\n* Nu îți ține respirația în timpul exercițiului",
        "Întinde-te pe burtă și ridică trupul pe antebrațe și pe vârfurile picioarelor. Încordează "
        "mușchii abdominali și nu lăsa șoldurile să cadă. Rămâi așa treizeci de secunde, apoi "
        "odihnește-te.",
    ),
    "ru": (
        "Держите спину прямо на протяжении всего движения.",
        "Сядьте на скамью и медленно поднимите вес до уровня плеч.",
        "Встаньте, расставив ноги на ширину плеч. Приседайте, пока бёдра не станут параллельны "
        "полу, и вернитесь вверх.",
        "* Возьмите штангу обеими руками\n* Отведите локти назад\n* Не задерживайте дыхание во время упражнения",
        "Лягте на живот и поднимите тело на предплечья и носки. Напрягите мышцы живота и не "
        "позволяйте тазу опускаться. Оставайтесь так тридцать секунд, а затем отдохните.",
    ),
    "sk": (
        "Počas celého pohybu držte chrbát rovno.",
        "Sadnite si na lavicu a pomaly zdvihnite závažie do úrovne ramien.",
        "Postavte sa s nohami na šírku ramien. Klesajte, kým nebudú stehná rovnobežné s podlahou, a "
        "potom sa vráťte hore.",
        "* Uchopte činku oboma rukami\n* Potiahnite lakte dozadu\n* Počas cvičenia nezadržiavajte dych",
        "Ľahnite si na brucho a zdvihnite telo na predlaktia a špičky nôh. Spevnite brušné svaly a "
        "nedovoľte, aby boky klesli. Vydržte tak tridsať sekúnd a potom si oddýchnite.",
    ),
    "sl": (
        "Med celotnim gibom imejte raven hrbet.",
        "Sedite na klop in počasi dvignite utež do višine ramen.",
        "Stojte s stopali v širini ramen. Počepnite, dokler stegna niso vzporedna s tlemi, nato pa se vrnite navzgor.",
        "* Primite palico z obema rokama\n* Potegnite komolce nazaj\n* Med vajo ne zadržujte diha",
        "Lezite na trebuh in dvignite telo na podlakti in prste na nogah. Napnite trebušne mišice "
        "in ne pustite, da se boki spustijo. Tako ostanite trideset sekund, potem pa počivajte.",
    ),
    "sr": (
        "Држите леђа равно током целог покрета.",
        "Седите на клупу и полако подигните тег до висине рамена.",
        "Станите са стопалима у ширини рамена. Спуштајте се док бутине не буду паралелне са подом, "
        "а затим се вратите горе.",
        "* Ухватите шипку обема рукама\n* Повуците лактове уназад\n* Немојте да задржавате дах током вежбе",
        "Лезите на стомак и подигните тело на подлактице и ножне прсте. Стегните трбушне мишиће и "
        "не дозволите да кукови пропадну. Останите тако тридесет секунди, а затим се одморите.",
    ),
    "sv": (
        "Håll ryggen rak under hela rörelsen.",
        "Sätt dig på bänken och lyft vikten långsamt upp till axelhöjd.",
        "Stå med fötterna axelbrett isär. Gå ner tills låren är parallella med golvet och pressa dig upp igen.",
        "* Ta tag i stången med båda händerna\n* Dra armbågarna bakåt\n* Håll inte andan medan du gör övningen",
        "Lägg dig på mage och lyft kroppen på underarmarna och tårna. Spänn magmusklerna och låt "
        "inte höfterna sjunka ner. Stanna så i trettio sekunder och vila sedan.",
    ),
    "ta": (
        "இயக்கம் முழுவதும் முதுகை நேராக வைத்திருங்கள்.",
        "பெஞ்சில் அமர்ந்து எடையை தோள்பட்டை உயரம் வரை மெதுவாக உயர்த்துங்கள்.",
        "கால்களை தோள்பட்டை அகலத்தில் வைத்து நில்லுங்கள். தொடைகள் தரைக்கு இணையாக வரும் வரை கீழே இறங்கி மீண்டும் எழுங்கள்.",
        "* இரு கைகளாலும் கம்பியைப் பிடியுங்கள்\n* முழங்கைகளைப் பின்னால் இழுங்கள்\n* மூச்சை அடக்க வேண்டாம்",
        "வயிற்றின் மீது படுத்து முன்கைகள் மற்றும் கால்விரல்களால் உடலை உயர்த்துங்கள். வயிற்றுத் "
        "தசைகளை இறுக்குங்கள். முப்பது விநாடிகள் அப்படியே இருந்து பிறகு ஓய்வெடுங்கள்.",
    ),
    "th": (
        "รักษาหลังให้ตรงตลอดการเคลื่อนไหว",
        "นั่งบนม้านั่งแล้วค่อยๆ ยกน้ำหนักขึ้นจนถึงระดับไหล่",
        "ยืนแยกเท้าให้กว้างเท่ากับหัวไหล่ ย่อตัวลงจนต้นขาขนานกับพื้น แล้วดันตัวกลับขึ้น",
        "* จับบาร์ด้วยมือทั้งสองข้าง\n* ดึงข้อศอกไปด้านหลัง\n* อย่ากลั้นหายใจระหว่างออกกำลังกาย",
        "นอนคว่ำแล้วยกตัวขึ้นด้วยปลายแขนและปลายเท้า เกร็งกล้ามเนื้อหน้าท้องและอย่าให้สะโพกตก ค้างไว้สามสิบวินาทีแล้วพัก",
    ),
    "tr": (
        "Hareket boyunca sırtınızı düz tutun.",
        "Sehpaya oturun ve ağırlığı yavaşça omuz hizasına kadar kaldırın.",
        "Ayaklarınız omuz genişliğinde açık durun. Uyluklarınız yere paralel olana kadar çömelin ve "
        "tekrar yukarı çıkın.",
        "* Barı iki elinizle kavrayın\n* Dirseklerinizi geriye çekin\n* Egzersiz sırasında nefesinizi tutmayın",
        "Yüzüstü uzanın ve vücudunuzu ön kollarınız ile ayak parmaklarınızın üzerinde kaldırın. "
        "Karın kaslarınızı sıkın ve kalçanızın düşmesine izin vermeyin. Otuz saniye böyle kalın, "
        "sonra dinlenin.",
    ),
    "uk": (
        "Тримайте спину рівною протягом усього руху.",
        "Сядьте на лаву і повільно підніміть вагу до рівня плечей.",
        "Станьте, розставивши ноги на ширину плечей. Присідайте, доки стегна не будуть паралельні "
        "підлозі, і поверніться вгору.",
        "* Візьміть штангу обома руками\n* Відведіть лікті назад\n* Не затримуйте дихання під час вправи",
        "Ляжте на живіт і підніміть тіло на передпліччя та пальці ніг. Напружте м'язи живота і не "
        "дозволяйте тазу опускатися. Залишайтеся так тридцять секунд, а потім відпочиньте.",
    ),
    "zh": (
        "整个动作过程中保持背部挺直。",
        "坐在长凳上，慢慢把重量举到肩膀的高度。",
        "双脚与肩同宽站立。下蹲到大腿与地面平行，然后站起来回到起始位置。",
        "* 双手握住杠铃\n* 肘部向后拉\n* 练习时不要屏住呼吸",
        "俯卧，用前臂和脚尖撑起身体。收紧腹部肌肉，不要让臀部下沉。保持这个姿势三十秒，然后休息。",
    ),
}
