// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {EscrowTest} from "../EscrowTest.sol";
import {IEscrow} from "../../src/IEscrow.sol";
import {Reader} from "../Reader.sol";
import {Signing} from "../Signing.sol";
import {Trees} from "../Trees.sol";

/// What a publisher tries, whose settler signs whatever it likes; and whoever has stolen the settler's key.
contract AttacksBySettlersTest is EscrowTest {
    using Reader for IEscrow;
    using Trees for Trees.Tree;

    bytes32 private jobId;

    function setUp() public override {
        super.setUp();
        jobId = openJob();
    }

    function close() private {
        escrow.close(openings[jobId]);
    }

    function beginClose() private {
        vm.prank(publisher);
        escrow.beginClose(openings[jobId]);
    }

    function better(uint256 seq, uint256 total) private view returns (Statement memory statement) {
        statement = statementOf(jobId, total);
        statement.seq = seq;
    }

    /// The publisher posts an old statement that leaves out what was earned since.
    function test_a_stale_post_is_replaced_by_what_the_payees_hold() public {
        post(better(1, 0.1 ether));
        vm.warp(START + 59 minutes);
        post(better(30, 4 ether)); // by a stranger, as any payee can
        vm.warp(START + 1 hours);
        escrow.claim(proven(jobId, 0, 4 ether));
        assertEq(payee(0).balance, 4 ether, "what was signed last counts");
    }

    /// It waits with the old statement until the last second of the close, so that nobody has time to mend it.
    function test_a_stale_post_in_the_last_second_of_closing_is_mended_in_time() public {
        beginClose();
        vm.warp(START + 2 days - 1);
        post(better(1, 0.1 ether));
        vm.warp(START + 2 days);
        uint256 end = START + 3 days + 1 hours - 1;
        expectRefusal(TooEarly.selector, START + 2 days, end);
        close();
        vm.warp(START + 2 days + 1 hours - 2);
        post(better(2, 4 ether));
        vm.warp(end);
        uint256 before = publisher.balance;
        close();
        assertEq(publisher.balance - before, BUDGET + BOND - 4 ether, "only the rest goes back");
        escrow.claim(proven(jobId, 0, 4 ether));
    }

    /// It posts epoch after epoch of nothing, so that the close never ends or the payees never get theirs.
    function test_posting_again_and_again_delays_neither_payees_nor_the_close() public {
        post(better(1, 1 ether));
        for (uint256 i = 2; i < 50; ++i) {
            vm.warp(START + i * 1 minutes);
            post(better(i, 1 ether));
        }
        assertEq(escrow.epoch(jobId, 0).finalAt, START + 1 hours, "not a second later");
        vm.warp(START + 1 hours);
        escrow.claim(proven(jobId, 0, 1 ether));

        beginClose();
        uint256 closeAt = escrow.job(jobId).closeAt;
        Statement memory empty = better(1, 0);
        for (empty.epoch = 1; empty.epoch < 47; ++empty.epoch) {
            vm.warp(START + (empty.epoch + 1) * 1 hours);
            post(empty);
        }
        vm.warp(closeAt);
        expectRefusal(TooLate.selector, closeAt, closeAt);
        post(empty);
        assertTrue(escrow.job(jobId).finalBy <= closeAt + 1 hours, "the last post was before closeAt");
        vm.warp(closeAt + 1 hours + 1 days);
        close();
    }

    /// Leaves that add up to more than the total: the sums on the way to the root tell.
    function test_a_statement_cannot_promise_more_than_its_total() public {
        uint256[] memory amounts = new uint256[](4);
        for (uint256 i = 0; i < 4; ++i) {
            amounts[i] = 1 ether;
        }
        Leaf[] memory leaves = leavesOf(amounts);
        Trees.Tree memory tree = Trees.build(leaves);
        Statement memory statement = statementOf(jobId, tree);
        statement.total = 2 ether; // half of what the leaves hold
        post(statement);
        vm.warp(START + 1 hours);
        for (uint256 i = 0; i < 4; ++i) {
            expectRefusal(NotInTree.selector, uint256(tree.root()), 4 ether);
            escrow.claim(proven(statement, tree, leaves[i]));
        }
    }

    /// A node that says less than its leaves hold: then the leaves on one side can be claimed, those on the other not,
    /// and never more than the total.
    function test_fuzz_whatever_sums_a_tree_tells_it_never_pays_more_than_its_total(uint256[7] memory told) public {
        uint256[] memory amounts = new uint256[](4);
        for (uint256 i = 0; i < 4; ++i) {
            amounts[i] = 1 ether;
        }
        Leaf[] memory leaves = leavesOf(amounts);
        Trees.Tree memory tree = Trees.build(leaves);
        for (uint256 i = 0; i < 6; ++i) {
            (uint256 level, uint256 place) = i < 4 ? (0, i) : (1, i - 4);
            tree.sums[level][place] = bound(told[i], 0, 3) * 1 ether;
        }
        tree.hashes[1][0] = nodeOf(tree, 0, 0);
        tree.hashes[1][1] = nodeOf(tree, 0, 2);
        tree.hashes[2][0] = nodeOf(tree, 1, 0);
        Statement memory statement = statementOf(jobId, tree);
        statement.total = bound(told[6], 0, 6) * 1 ether;
        post(statement);
        vm.warp(START + 1 hours);
        uint256 before = address(escrow).balance;
        for (uint256 i = 0; i < 4; ++i) {
            (bool isPaid,) = address(escrow).call(abi.encodeCall(IEscrow.claim, (proven(statement, tree, leaves[i]))));
            assertTrue(isPaid == (payee(i).balance == 1 ether), "in full or not at all");
        }
        assertTrue(before - address(escrow).balance <= statement.total, "within the total");
    }

    function nodeOf(Trees.Tree memory tree, uint256 level, uint256 left) private pure returns (bytes32) {
        return keccak256(
            abi.encode(
                tree.hashes[level][left],
                tree.sums[level][left],
                tree.hashes[level][left + 1],
                tree.sums[level][left + 1]
            )
        );
    }

    /// Several roots that together hold more than the budget: the second is refused, the first stays covered.
    function test_posted_roots_never_add_up_to_more_than_the_budget() public {
        post(better(1, 6 ether));
        vm.warp(START + 1 hours);
        Statement memory next = better(1, 4 ether + 1);
        next.epoch = 1;
        expectRefusal(OverBudget.selector, 4 ether + 1, 4 ether);
        post(next);
        next = better(1, 4 ether);
        next.epoch = 1;
        post(next);
        next.epoch = 2;
        vm.warp(START + 2 hours);
        expectRefusal(OverBudget.selector, 4 ether, 0);
        post(next);
        escrow.claim(proven(jobId, 0, 6 ether));
        escrow.claim(proven(jobId, 1, 4 ether));
        assertEq(payee(0).balance, BUDGET, "every wei that was posted is paid");
        assertEq(address(escrow).balance, BOND, "and not one more");
    }

    /// One leaf under two indexes, or a node of a deep tree posted as a shallow one.
    function test_no_leaf_has_two_names() public {
        uint256[] memory amounts = new uint256[](2);
        (amounts[0], amounts[1]) = (1 ether, 2 ether);
        Leaf[] memory leaves = leavesOf(amounts);
        Trees.Tree memory tree = Trees.build(leaves);
        Statement memory statement = statementOf(jobId, tree);
        post(statement);
        vm.warp(START + 1 hours);
        ProvenLeaf memory paid = proven(statement, tree, leaves[0]);
        escrow.claim(paid);
        for (uint256 bit = 1; bit < 256; ++bit) {
            paid.leaf.index = 1 << bit;
            expectRefusal(TooDeep.selector, 1 << bit, 1);
            escrow.claim(paid);
        }
        paid.leaf.index = 0;
        paid.proof = bytes.concat(paid.proof, new bytes(44));
        expectRefusal(WrongLength.selector, 88, 44);
        escrow.claim(paid);

        // The same root, posted again as a tree of two levels: its leaves have proofs of one.
        statement.epoch = 1;
        statement.depth = 2;
        post(statement);
        vm.warp(START + 2 hours);
        paid = proven(statement, tree, leaves[0]);
        expectRefusal(WrongLength.selector, 44, 88);
        escrow.claim(paid);
    }

    /// Whoever has the settler's key posts for itself, as much as the cap of the terms allows; the publisher names
    /// another settler, and the next epoch is the last that the thief can sign.
    function test_a_stolen_key_costs_at_most_what_the_cap_allows_until_it_is_changed() public {
        Opening memory opened = opening();
        (opened.salt, opened.terms.settlerCap) = ("capped", 0.5 ether);
        jobId = openJob(opened);
        post(better(1, 0.5 ether));
        expectRefusal(OverSettlerCap.selector, 0.5 ether + 1, 0.5 ether);
        post(better(2, 0.5 ether + 1));
        Statement memory next = better(1, 1);
        next.epoch = 1;
        vm.warp(START + 1 hours);
        expectRefusal(OverSettlerCap.selector, 0.5 ether + 1, 0.5 ether);
        post(next);

        vm.prank(publisher);
        escrow.setSettler(opened, vm.addr(0x5EC));
        vm.warp(START + 1 days);
        next = better(1, 0.5 ether);
        next.epoch = 1;
        post(next);
        vm.warp(START + 10 days);
        next.epoch = 2;
        expectStolen(next);
        assertEq(escrow.job(jobId).committed, 1 ether, "two days of the cap");
    }

    function expectStolen(Statement memory statement) private {
        expectRefusal(WrongSigner.selector, uint160(vm.addr(0x5EC)), uint256(Signing.hash(statement)));
        post(statement);
    }
}
